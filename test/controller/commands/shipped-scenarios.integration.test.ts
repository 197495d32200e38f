import { describe, expect, test } from 'vitest'
import { test as command } from '../../../controller/commands/test.ts'
import { diskFiles } from '../../../controller/files.ts'
import type { Files } from '../../../controller/policy/load.ts'
import { witness } from './support.ts'

/** The files of this repository with one text in one of them replaced. */
function filesBut(name: string, text: string, other: string): Files {
  return {
    list: diskFiles.list,
    read(path) {
      const content = diskFiles.read(path)
      if (!path.endsWith(name)) return content
      if (!content.includes(text)) throw new Error(`${name} has no ${text}`)
      return content.replace(text, () => other)
    },
  }
}

async function runShipped(files: Files, ...argv: string[]) {
  const context = witness(files, process.cwd())
  const code = await command.run(argv, context)
  return { code, written: context.written.join('\n'), complaints: context.complaints }
}

describe('the scenarios that the repository comes with', () => {
  test('come out as expected', async () => {
    const { code, written, complaints } = await runShipped(diskFiles)
    expect(complaints).toEqual([])
    expect({ code, written }).toMatchObject({ code: 0, written: expect.stringContaining(', 0 otherwise') })
    expect(written).toContain('policies/samples/ingest-target.test.yaml\n')
  })

  test.each(['a spike', 'a level', 'an outage', 'a restart'])(
    'do so too where samples come every quarter of a minute: %s',
    async (scenario) => {
      const slower = filesBut('capuchin.yaml', 'interval: 5s', 'interval: 15s')
      const { code, written } = await runShipped(slower, '--only', scenario)
      expect({ code, written }).toMatchObject({ code: 0, written: expect.stringContaining('2 as expected') })
    },
  )

  test.each([
    ['a window that is too short', 'window: 1m', 'window: 20s', 'a spike does not scale'],
    ['no hold', 'hold: 10m', 'hold: 0s', 'a restart in the middle of a hold'],
    ['a band that is too high', 'above: 300', 'above: 600', 'a level scales'],
    ['a cap that is too low', 'max: 12', 'max: 6', 'at its cap'],
    ['a step that is too large', 'out: { step: 1', 'out: { step: 4', 'a level scales'],
  ])('notice %s', async (_, text, other, scenario) => {
    const { code, written } = await runShipped(
      filesBut('/ingest.yaml', text, other),
      'policies/ingest.yaml',
      '--only',
      scenario,
    )
    expect({ code, written }).toMatchObject({ code: 1, written: expect.stringContaining('FAIL') })
  })
})
