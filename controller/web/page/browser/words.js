/**
 * What can be said, by the name of its button. `on`: the workload, pool, host, instance or override; `at`: what the page shows of it.
 *
 * @typedef {{ size: number, min: number, max: number, says: string, instances: string[] }} Shown
 * @typedef {object} Word
 * @property {string} title
 * @property {string} will what it will do
 * @property {string} go what the button says
 * @property {boolean} [isHard] something is removed, ended, or no longer looked after
 * @property {boolean} [asksSize]
 * @property {object} [act] what is laid down; absent where something is taken back
 * @property {string} [target] what is taken back: path and query after `/api/v1/overrides`
 */

/** @type {Record<string, (on: string, at: Shown) => Word>} */
export const words = {
  pause: (on, { size }) => ({
    title: `Pause ${on}`,
    will: `It stays at its size (${size}), whatever its rules say. What dies is still replaced.`,
    go: `Pause ${on}`,
    act: { kind: 'pause', workload: on },
  }),
  resume: (on) => ({
    title: `Resume ${on}`,
    will: `All overrides of ${on} are taken back: its rules decide again from the next tick on, at the pace of its steps and waits.`,
    go: `Resume ${on}`,
    target: `?${new URLSearchParams({ kind: 'workload', workload: on })}`,
  }),
  pin: (on, { size, min, max }) => ({
    title: `Pin ${on} at a size`,
    will: `Instead of what its rules and schedule say. It has ${size} now, and may have ${min} to ${max}; it gets there at the pace of its steps and waits.`,
    go: `Pin ${on}`,
    asksSize: true,
    act: { kind: 'pin', workload: on },
  }),
  more: (on, { size }) => ({
    title: `One more of ${on}`,
    will: `It has at least ${size + 1} instead of ${size}; beyond that its rules decide.`,
    go: `Have at least ${size + 1}`,
    act: { kind: 'scale', workload: on, by: 1 },
  }),
  less: (on, { size }) => ({
    title: `One fewer of ${on}`,
    will: `It has at most ${size - 1} instead of ${size}: an instance is drained and removed once its waits are over, and its rules cannot ask for more until this ends.`,
    go: `Have at most ${size - 1}`,
    isHard: true,
    act: { kind: 'scale', workload: on, by: -1 },
  }),
  'pause-all': () => ({
    title: 'Pause everything',
    will: 'No workload is scaled, nothing is tidied up or kept spare. What dies is still replaced.',
    go: 'Pause everything',
    isHard: true,
    act: { kind: 'pause-all' },
  }),
  freeze: (on) => ({
    title: `Freeze ${on}`,
    will: `${on} is not removed, whatever the size.`,
    go: `Freeze ${on}`,
    act: { kind: 'freeze', subject: on },
  }),
  thaw: (on) => ({
    title: `Thaw ${on}`,
    will: `${on} may be removed again.`,
    go: `Thaw ${on}`,
    target: `?${new URLSearchParams({ kind: 'frozen', subject: on })}`,
  }),
  'drain-host': (on, { instances }) => ({
    title: `Drain host ${on}`,
    will: `Nothing new goes to ${on}, ${moving(instances)}, and then the host is DELETED.`,
    go: `Drain and delete ${on}`,
    isHard: true,
    act: { kind: 'drain-host', host: on },
  }),
  'add-host': (on) => ({
    title: `Add a host to ${on}`,
    will: `One more host is ordered now, and as many are kept as there are then, until this ends. It is paid for from its order on.`,
    go: 'Add a host',
    act: { kind: 'add-hosts', pool: on, count: 1 },
  }),
  'hold-pool': (on) => ({
    title: `Hold pool ${on}`,
    will: `Nothing in pool ${on} is ordered, deleted, placed, moved or HEALED: what dies stays dead. What runs goes on.`,
    go: `Hold pool ${on}`,
    isHard: true,
    act: { kind: 'hold-pool', pool: on },
  }),
  'release-pool': (on) => ({
    title: `Release pool ${on}`,
    will: `Pool ${on} is changed and healed again, from the next tick on.`,
    go: `Release pool ${on}`,
    target: `?${new URLSearchParams({ kind: 'held-pool', pool: on })}`,
  }),
  'take-back': (on, { says }) => ({
    title: `Take back ${on}`,
    will: `It ends now: ${says}`,
    go: `Take back ${on}`,
    target: `/${encodeURIComponent(on)}`,
  }),
}

/** @param {string[]} instances */
function moving(instances) {
  if (instances.length === 0) return 'which runs nothing'
  const those = instances.length === 1 ? 'its instance moves' : `its ${instances.length} instances move`
  return `${those} elsewhere (${instances.join(', ')})`
}
