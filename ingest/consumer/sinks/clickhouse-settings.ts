/** Settings of the server, sent along with each insert. */
export type Settings = Readonly<Record<string, string>>

/**
 * Reads `NAME=VALUE` settings. None is sent unless asked for, since a server refuses those that it does not know. With
 * async_insert the server is told to answer only once rows are stored: what is merely buffered must not be committed.
 * Throws an Error that says what is wrong.
 */
export const settingsOf = (texts: readonly string[]): Settings => {
  const settings = Object.fromEntries(texts.map(settingOf))
  if (settings['async_insert'] !== '1') return settings
  const waits = settings['wait_for_async_insert'] ?? '1'
  if (waits === '1') return { ...settings, wait_for_async_insert: '1' }
  throw new Error(
    '--setting wait_for_async_insert=0 loses events: offsets would be committed before rows are stored',
  )
}

const settingOf = (text: string): [string, string] => {
  const [, name, value] = /^([a-z_]\w*)=(.+)$/s.exec(text) ?? []
  if (name !== undefined && value !== undefined) return [name, value]
  throw new Error(`--setting ${text} is no setting: say NAME=VALUE, such as async_insert=1`)
}
