import { z } from 'zod'
import { type Fault, fault, faultOfStatus, sayCut } from './fault.ts'

const Refusal = z.object({ errorType: z.string().default(''), error: z.string().default('') })

/** What a Prometheus means by an HTTP status other than 2xx. `where` names the source; `body` is what came with it. */
export function faultOfRefusal(status: number, body: unknown, where: string): Fault {
  const { errorType, error } = Refusal.catch({ errorType: '', error: '' }).parse(body)
  if (errorType === 'timeout' || errorType === 'canceled') {
    return fault(
      'timeout',
      `${where} gave the query up${sayCut(error)}: make it cheaper, or ask a recording rule`,
    )
  }
  if (errorType === 'bad_data' || errorType === 'execution') {
    return fault('bad-query', `${where} refuses the query${sayCut(error)}`)
  }
  return faultOfStatus(status, error, where)
}
