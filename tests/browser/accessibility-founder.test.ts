// What a founder sees is accessible: the most pages of any account, so a file of their own.
import { lookAtPagesOf } from './accessibility.ts'

lookAtPagesOf(['founder'])
