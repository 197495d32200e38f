import { HOUR, NOW } from './builders.ts'
import { type Example, loose } from './mutation-example.ts'
import { fleet, host, look, silent } from './scene.ts'

const policies = [loose({ rules: [] })]

/** Operators who have stopped everything, or everything in a pool. */
export const ofHalts: readonly Example[] = [
  {
    needs: 'atRest',
    sentence: 'a host that has been empty for an hour stays while everything is paused',
    outcome: (judgement) =>
      look({
        hosts: [...fleet(['ingest-1'], ['ingest-2']), host(2, [], { emptySince: NOW - HOUR })],
        ...{ policies, judgement, overrides: [{ kind: 'pause-all' }] },
      }).deleting,
    expected: [],
  },
  {
    needs: 'heldBy',
    sentence: 'nobody is healed in a pool that is held',
    outcome: (judgement) =>
      look({
        hosts: fleet(['ingest-1', 'ingest-2', 'ingest-3'], ['ingest-4']),
        ...{ policies, judgement, health: { 'ingest-1': silent } },
        overrides: [{ kind: 'hold-pool', pool: 'edge' }],
      }).said,
    expected: [],
  },
]
