import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { countConsumed, countStored } from '../../demo/count.ts'

async function dataOf(instances: Record<string, string | undefined>): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'capuchin-count-'))
  onTestFinished(() => rm(data, { recursive: true }))
  for (const [instance, text] of Object.entries(instances)) {
    await mkdir(join(data, instance))
    if (text !== undefined) await writeFile(join(data, instance, 'events.jsonl'), text)
  }
  return data
}

const line = (id: string): string => `${JSON.stringify({ id })}\n`

test('events of all instances count once each, torn ends and those of other runs not at all', async () => {
  const data = await dataOf({
    'ingest-1': line('run-0') + line('run-1') + line('run-1'),
    'ingest-2': `${line('run-1')}${line('run-12')}{"id":"run-3`,
    'ingest-3': `${line('other-4')}{"no":"id"}\n`,
    'ingest-4': undefined,
  })
  expect(await countStored([data], 'run')).toEqual({
    numbers: new Set([0, 1, 12]),
    duplicates: 2,
    instances: 2,
  })
})

const consumedLine = (id: string, partition: number, offset: number): string =>
  `${JSON.stringify({ topic: 'loader', partition, offset, id: 'x', event: { id } })}\n`

test('of what consumers stored twice, the same record was read again, and another one was sent again', async () => {
  const data = await dataOf({
    'consumer-1': consumedLine('run-0', 0, 0) + consumedLine('run-1', 0, 1),
    'consumer-2': consumedLine('run-1', 0, 1) + consumedLine('run-0', 3, 1) + consumedLine('run-2', 3, 2),
    'consumer-3': `${consumedLine('other-3', 1, 0)}{"no":"event"}\n`,
  })
  const numbers = new Set([0, 1, 2])
  expect(await countConsumed([data], 'run')).toEqual({ numbers, duplicates: 2, readAgain: 1, instances: 2 })
})

test('where no instance ever ran there are no events', async () => {
  const data = await dataOf({})
  expect((await countStored([join(data, 'ingest')], 'run')).numbers.size).toBe(0)
})
