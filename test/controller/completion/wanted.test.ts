import { describe, expect, test } from 'vitest'
import { command, exits } from '../../../controller/commands/command.ts'
import { complete } from '../../../controller/commands/complete.ts'
import { commands } from '../../../controller/commands/index.ts'
import { type Wanted, wantedAt } from '../../../controller/completion/wanted.ts'
import { witness } from '../commands/support.ts'
import { filesOf } from '../policy/support.ts'

const pin = command({
  name: 'pin',
  summary: 'Pins.',
  operands: 'WORKLOAD',
  options: {
    config: { type: 'string', short: 'c', value: 'FILE', text: 'the settings' },
    size: { type: 'string', value: 'N', text: 'how many' },
    for: { type: 'string', value: 'TIME', text: 'how long, such as 30m' },
    from: { type: 'string', value: 'TIME', text: '14:02, or -2h' },
    kind: { type: 'string', value: 'KIND', text: 'which', choices: ['a', 'b'] },
    pool: { type: 'string', value: 'POOL', text: 'a pool' },
    end: { type: 'string', value: 'ID', text: 'this one' },
    all: { type: 'boolean', text: 'all' },
  },
  exits: { [exits.ok]: 'done' },
  run: () => 0,
})

/** In short: texts that are offered, kinds of names, or that files are. */
function inShort(wanted: Wanted): string {
  if (wanted.kind === 'fixed') return wanted.candidates.map(({ text }) => text).join(' ')
  if (wanted.kind === 'names') return `names: ${wanted.of.join(', ')}`
  return wanted.kind
}

describe('what may follow', () => {
  test.for<[string, string[], string]>([
    ['a command', ['pi'], 'commands'],
    ['a workload', ['pin', ''], 'names: workload'],
    [
      'nothing but options once it is named',
      ['pin', 'ingest', '--k'],
      '--config --size --for --from --kind --pool --end --all --json --help',
    ],
    [
      'options, but not those that were given',
      ['pin', '--config=x', '--all', '-'],
      '--size --for --from --kind --pool --end --json --help',
    ],
    ['a file', ['pin', '--config', ''], 'files'],
    ['a file by the short name', ['pin', '-c', 'ca'], 'files'],
    ['a file where a shell cuts at the equals sign', ['pin', '--config', '=', 'ca'], 'files'],
    ['and where nothing stands behind it yet', ['pin', '--config', '='], 'files'],
    ['a number of which nobody knows', ['pin', '--size', ''], 'nothing'],
    ['how long', ['pin', '--for', ''], '15m 30m 1h 2h 4h 8h 1d ever'],
    ['since when', ['pin', '--from', ''], 'now -5m -15m -1h -2h -1d'],
    ['one of a few', ['pin', '--kind', ''], 'a b'],
    ['a pool', ['pin', '--pool', 'lo'], 'names: pool'],
    ['an override', ['pin', '--end', ''], 'names: override'],
    ['an operand that looks like an option', ['pin', '--', '--s'], 'names: workload'],
    [
      'no workload after --all',
      ['pin', '--all', ''],
      '--config --size --for --from --kind --pool --end --json --help',
    ],
  ])('%s', ([, words, expected]) => {
    expect(inShort(wantedAt(words, pin))).toBe(expected)
  })

  test.for<[string[], string]>([
    [['freeze', ''], 'names: instance, host'],
    [['host', ''], 'add drain'],
    [['host', 'add', ''], 'names: pool'],
    [['host', 'drain', ''], 'names: host'],
    [['schema', ''], 'policy settings scenarios'],
    [['completion', ''], 'bash zsh fish'],
    [['history', '--kind', ''], 'decision outcome bill'],
    [['test', ''], 'files'],
    [['doctor', '--yandex', ''], 'names: pool'],
  ])('of the real commands: %j', async ([words, expected]) => {
    const found = await commands[words[0] ?? '']?.()
    expect(inShort(wantedAt(words, found))).toBe(expected)
  })
})

describe('what a shell is answered', () => {
  const settings = {
    sources: {},
    pools: { local: { provider: 'process', slots: 3, hosts: { min: 0, max: 4 } } },
  }
  // Nobody listens there.
  const server = { listen: '127.0.0.1:1' }
  const files = filesOf({ '/srv/capuchin.yaml': JSON.stringify({ ...settings, server }) })

  async function answered(...words: string[]): Promise<string[]> {
    const context = { ...witness(files), commands }
    expect(await complete.run(['--', ...words], context)).toBe(0)
    expect(context.complaints).toEqual([])
    return context.written.map((line) => line.split('\t')[0] ?? '')
  }

  test('commands, without the one that answers', async () => {
    const found = await answered('')
    expect(found).toEqual(expect.arrayContaining(['run', 'watch', 'doctor', 'completion']))
    expect(found).not.toContain('complete')
    expect(await answered('pau')).toEqual(['pause'])
  })

  test('without a controller what the files tell, and never an error', async () => {
    expect(await answered('pause', '--pool', '')).toEqual(['local'])
    expect(await answered('pause', '--pool=l')).toEqual(['--pool=local'])
    expect(await answered('explain', '--config', 'nowhere.yaml', 'ing')).toEqual([])
    expect(await answered('no-such-command', '')).toEqual([])
    expect(await answered('explain', '--no-such-option', '')).toEqual(expect.any(Array))
  })
})
