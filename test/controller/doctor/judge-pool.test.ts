import { describe, expect, test } from 'vitest'
import { judgePool, type PoolFacts } from '../../../controller/doctor/judge/pool.ts'
import { local } from '../policy/support.ts'
import { inShort, type Row } from './support.ts'

describe('a pool', () => {
  const ours = { controller: 'capuchin', pool: 'local' }
  const host = (name: string, given: object = {}) => ({
    name,
    state: 'running' as const,
    zone: 'a',
    labels: ours,
    ...given,
  })
  const facts = (given: Partial<PoolFacts>): PoolFacts => ({
    ...{ pool: local, controller: 'capuchin', took: 7, listing: { kind: 'hosts', hosts: [host('local-1')] } },
    ...given,
  })
  const listed = 'ok: 1 host of 1..4, listed in 7 ms'
  test.for<Row<PoolFacts>>([
    { name: 'well', facts: facts({}), says: [listed] },
    {
      name: 'that cannot be listed',
      facts: facts({ listing: { kind: 'failed', detail: 'no answer' } }),
      says: ['wrong: its hosts cannot be listed: no answer'],
    },
    {
      name: 'with findings',
      facts: facts({ findings: [{ what: 'sign in', ok: false, detail: 'refused', remedy: 'roles' }] }),
      says: ['wrong: sign in: refused', listed],
    },
    {
      name: 'with a host that failed, and one of somebody else',
      facts: facts({
        listing: { kind: 'hosts', hosts: [host('local-1', { state: 'failed' }), host('x', { labels: {} })] },
      }),
      says: [
        'ok: 1 host of 1..4 (and 1 of another controller), listed in 7 ms',
        'warning: local-1 is failed',
      ],
    },
    {
      name: 'with an instance that does not run',
      facts: facts({
        listing: {
          kind: 'hosts',
          hosts: [
            host('local-1', { troubles: { 'ingest-1': { detail: 'no program', started: false, times: 1 } } }),
          ],
        },
      }),
      says: [listed, 'warning: ingest-1 on local-1 does not run: no program'],
    },
    {
      name: 'whose minima do not fit',
      facts: facts({ misfit: 'the minima do not fit' }),
      says: [listed, 'wrong: the minima do not fit'],
    },
    {
      name: 'without a quota for more',
      facts: facts({ headroom: { hosts: { left: 0, why: 'quota leaves' } } }),
      says: [listed, 'warning: it could have no more hosts: quota leaves 0 more hosts'],
    },
    {
      name: 'at whose ports others listen',
      facts: facts({ foreignPorts: [8101] }),
      says: [listed, 'wrong: somebody else listens at port 8101, which instances of it are given'],
    },
    {
      name: 'on a machine without setpriv',
      facts: facts({ hasSetpriv: false }),
      says: [
        listed,
        'warning: setpriv is not on the PATH, so that instances outlive a supervisor that is killed',
      ],
    },
  ])('$name', ({ facts: given, says }) => {
    expect(inShort(judgePool(given))).toEqual(says)
  })
})
