// The contract's shapes as types, for operations.
import type { z } from 'zod'
import type * as contract from './contract.ts'

export type Spec = z.output<typeof contract.spec>
export type Option = z.output<typeof contract.option>
export type Reason = z.output<typeof contract.reason>
export type State = (typeof contract.states)[number]
export type Purpose = (typeof contract.purposes)[number]
export type StepKind = (typeof contract.stepKinds)[number]
export type Program = z.output<typeof contract.program>
export type Change = Omit<z.output<typeof contract.change>, 'outlook'>
