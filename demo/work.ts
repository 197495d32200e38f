/**
 * What the consumers of the demo do with each event: nothing, for so many ms. It stands for a look into a database; waiting rather
 * than computing, so that the cores that all share are not what limits a consumer.
 */
const WORK = Number(process.env['DEMO_WORK_MS'] ?? 0)

const never = new Int32Array(new SharedArrayBuffer(4))

export function transform(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  Atomics.wait(never, 0, 0, WORK)
  return event
}
