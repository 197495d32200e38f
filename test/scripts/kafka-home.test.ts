import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Environment, findKafka, KAFKA_VERSION } from '../../scripts/kafka/home.ts'
import { tempFolder } from '../support/process.ts'

type Row = { what: string; files: string[]; env(folder: string): Environment; found: string | RegExp }

const rows: Row[] = [
  {
    what: 'KAFKA_HOME with a Kafka in it is taken',
    files: ['kafka/libs/kafka_2.13-4.0.0.jar'],
    env: (folder) => ({ KAFKA_HOME: join(folder, 'kafka') }),
    found: 'kafka/libs',
  },
  {
    what: 'KAFKA_HOME without one is told, even where the cache has one, since it was asked for',
    files: ['kafka/README', `cache/capuchin/kafka-${KAFKA_VERSION}/kafka_2.13-4.0.0.jar`],
    env: (folder) => ({ KAFKA_HOME: join(folder, 'kafka'), XDG_CACHE_HOME: join(folder, 'cache') }),
    found: /^KAFKA_HOME=.*kafka holds no Kafka/,
  },
  {
    what: 'the cache is found under XDG_CACHE_HOME',
    files: [`cache/capuchin/kafka-${KAFKA_VERSION}/kafka_2.13-${KAFKA_VERSION}.jar`],
    env: (folder) => ({ XDG_CACHE_HOME: join(folder, 'cache') }),
    found: `cache/capuchin/kafka-${KAFKA_VERSION}`,
  },
  {
    what: 'the cache is found under HOME otherwise',
    files: [`.cache/capuchin/kafka-${KAFKA_VERSION}/kafka_2.13-${KAFKA_VERSION}.jar`],
    env: (folder) => ({ HOME: folder }),
    found: `.cache/capuchin/kafka-${KAFKA_VERSION}`,
  },
  {
    what: 'a cache of another version does not count',
    files: ['.cache/capuchin/kafka-3.9.0/kafka_2.13-3.9.0.jar'],
    env: (folder) => ({ HOME: folder }),
    found: /set KAFKA_HOME, or have Java 17 and mvn/,
  },
]

for (const { what, files, env, found } of rows) {
  test(what, async () => {
    const folder = await tempFolder('kafka-home')
    for (const file of files) {
      mkdirSync(join(folder, file, '..'), { recursive: true })
      writeFileSync(join(folder, file), '')
    }
    const jars = findKafka(env(folder))
    if (typeof found === 'string') expect(jars).toEqual({ kind: 'found', libs: join(folder, found) })
    else expect(jars).toEqual({ kind: 'missing', why: expect.stringMatching(found) })
  })
}
