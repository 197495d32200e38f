import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFolderPublishers, PublisherSettings } from '../../../controller/publishers/index.ts'
import { listOf } from '../../contract/publisher.ts'
import { realDisk } from '../../support/disk.ts'
import { tempFolder } from '../../support/process.ts'
import { readAll } from './file-harness.ts'

test('every publisher on disk is registered', async () => {
  const defined: string[] = []
  for (const name of await readdir('controller/publishers')) {
    const text = await readFile(join('controller/publishers', name), 'utf8')
    if (/= definePublisher\(/.test(text)) defined.push(name.replace('.ts', ''))
  }
  const registered = PublisherSettings.options.map(({ in: { shape } }) => shape.type.value)
  expect(registered.toSorted()).toEqual(defined.toSorted())
})

test("the publishers of a folder have names of their own and do not get into each other's way", async () => {
  const dir = await tempFolder('publish')
  const publishers = openFolderPublishers(dir, { fs: realDisk().fs })
  expect(publishers.map(({ name }) => name)).toEqual(['file-sd', 'ready-list'])
  await Promise.all(publishers.map((publisher) => publisher.publish(listOf(1))))
  const names = ['hosts.json', 'ingest.list', 'instances.json', 'ready.json']
  expect(Object.keys(await readAll(dir)).toSorted()).toEqual(names)
  for (const publisher of publishers)
    expect(await publisher.publish(listOf(1))).toEqual({ kind: 'unchanged' })
})
