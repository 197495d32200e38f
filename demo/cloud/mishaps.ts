import type { CloudPace } from '../pace.ts'
import type { Cloud } from './cloud.ts'
import type { CloudCommand } from './protocol.ts'

/** What happens to the cloud while the wave goes over it, each once its time (ms since the wave began) has come. */
export function createMishaps(
  { closes, preempts }: CloudPace,
  cloud: Pick<Cloud, 'tell'>,
): (at: number) => void {
  const coming: { at: number; command: CloudCommand }[] = [
    { at: closes, command: 'close-zone' },
    { at: preempts, command: 'preempt' },
  ]
  return (at) => {
    for (let next = coming[0]; next !== undefined && next.at <= at; next = coming[0]) {
      coming.shift()
      cloud.tell(next.command)
    }
  }
}
