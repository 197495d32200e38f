/**
 * Ids of events: a part that no other process has, and a counter. Consumers tell by them that an event which they see
 * twice was sent twice. `processId` is that part.
 */
export const createIds = (processId: string): (() => string) => {
  const prefix = `${processId}-`
  let count = 0
  return () => {
    count += 1
    return prefix + count.toString(36)
  }
}
