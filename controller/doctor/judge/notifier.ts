import type { Sent } from '../../notifiers/notifier.ts'
import { type Remark, remarksOn } from '../remark.ts'

/** Whether somebody is there to be told. */
export function judgeNotifier(name: string, sent: Sent): Remark {
  const { ok, warning, wrong } = remarksOn(`notifier ${name}`)
  if (sent.kind === 'sent') return ok(sent.detail)
  const remedy = `see notify.${name} in the settings: until it works nobody is told of alarms by it`
  return sent.kind === 'failed' ? warning(sent.detail, remedy) : wrong(sent.detail, remedy)
}
