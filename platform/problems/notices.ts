// Problems of notices.
import { entry } from './entry.ts'

export const noticesProblems = {
  'notices.event-stream': entry(
    406,
    '这个地址只提供事件流',
    '请在请求中注明 Accept: text/event-stream。',
    'This address gives a stream of events',
    'Send Accept: text/event-stream.',
  ),
} as const
