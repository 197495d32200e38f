import type { Pool } from '../decision/policy.ts'
import type { Outcome } from '../providers/provider.ts'
import { ill, type Result } from './stage.ts'

type Failed = Exclude<Outcome, { kind: 'done' }>

/** What a call that did not succeed comes to, with what an operator can do about it. */
export function failureOf(outcome: Failed, pool: Pool, zone: string): Result {
  if (outcome.kind === 'refused') return ill(outcome.detail, remedyFor(outcome.code, pool, zone))
  return ill(
    `it is not known whether it happened: ${outcome.detail}`,
    'see whether the cloud can be reached from here, and run this again',
  )
}

function remedyFor(code: Extract<Failed, { kind: 'refused' }>['code'], pool: Pool, zone: string): string {
  const template = `pools.${pool.name}.template`
  const others = pool.zones.filter((one) => one !== zone)
  switch (code) {
    case 'quota':
      return 'have the quota raised in the console of the cloud, or delete what is not needed any more'
    case 'capacity':
      return others.length === 0
        ? `wait, or add another zone to ${template}.subnets`
        : `try another zone: --zone ${others.join(', or --zone ')}`
    case 'auth':
      return `give the service account its roles in the folder, and see pools.${pool.name}.auth (docs/yandex.md, "The service account")`
    case 'not-found':
      return `see whether what ${template} names is there`
    case 'exists':
      return 'somebody else has a machine of that name; run this again, which makes another name'
    case 'fenced':
      return 'somebody else has changed this machine meanwhile; run this again'
    case 'invalid':
      return `hold what it says against ${template}`
  }
}
