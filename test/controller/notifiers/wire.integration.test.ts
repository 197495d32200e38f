import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NotifierSettings } from '../../../controller/notifiers/index.ts'
import type { Notice } from '../../../controller/notifiers/notice.ts'
import type { Notifier } from '../../../controller/notifiers/notifier.ts'
import { the } from '../../../controller/notifiers/template.ts'
import { CANARY, lasting, message, notifierContract, startReceiver } from '../../contract/notifier.ts'
import { certify } from '../../support/certify.ts'
import { tempFolder } from '../../support/process.ts'

/** The date of the messages, so that waits until a date come out the same. */
const now = () => Date.UTC(2026, 0, 2, 3, 4, 5)

const open = (settings: object, files: Readonly<Record<string, string>> = {}): Notifier =>
  NotifierSettings.parse(settings).open({
    now,
    readFile(path) {
      const text = files[path]
      if (text === undefined) throw Object.assign(new Error(`no file ${CANARY}`), { code: 'ENOENT' })
      return text
    },
  })

notifierContract('webhook', (url) =>
  open(
    { type: 'webhook', urlFile: 'url', bearerFile: 'token', headerFiles: { 'X-Key': 'key' } },
    { url: `${url}/services/${CANARY}/x?key=${CANARY}2\n`, token: `${CANARY}3\n`, key: `${CANARY}4` },
  ),
)

notifierContract('alertmanager', (url) =>
  open({ type: 'alertmanager', urls: [`${url}/${CANARY}`], bearerFile: 'token' }, { token: `${CANARY}3` }),
)

describe('what a webhook is sent', () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  beforeAll(async () => {
    receiver = await startReceiver()
  })
  afterAll(() => receiver.close())

  async function sentBy(settings: object, ...notices: readonly Notice[]) {
    receiver.asked.length = 0
    const notifier = open({ type: 'webhook', url: receiver.url, ...settings })
    expect(await notifier.send(message(...notices), AbortSignal.timeout(10_000))).toMatchObject({
      kind: 'sent',
    })
    notifier.close()
    const [asked] = receiver.asked
    if (asked === undefined) throw new Error('nothing was sent')
    return asked
  }

  const over: Notice = { ...lasting, at: now() + 60_000, status: 'over', key: 'k', since: now() - 60_000 }

  test('plain JSON: everything by name', async () => {
    const { headers, body } = await sentBy({})
    expect(headers['content-type']).toBe('application/json')
    expect(JSON.parse(body)).toMatchObject({
      ...{ severity: 'critical', status: 'firing', controller: 'capuchin', count: 1, more: 0 },
      ...{
        url: 'http://127.0.0.1:7070',
        time: '2026-01-02T03:04:05.000Z',
        title: 'capuchin: ingest: hot (begins)',
      },
      notices: [{ kind: 'hot', event: 'alarm', workload: 'ingest', status: 'begins', text: lasting.text }],
    })
  })

  test('Slack: what would link or call somebody is plain text', async () => {
    const { body } = await sentBy({ preset: 'slack' }, { ...lasting, text: '<!channel> & <http://x|y>' })
    expect(JSON.parse(body)).toEqual({
      text: 'capuchin: ingest: hot (begins)\n[critical] ingest: &lt;!channel&gt; &amp; &lt;http://x|y&gt;\nhttp://127.0.0.1:7070',
    })
  })

  test('Mattermost: nobody is called by @', async () => {
    const { body } = await sentBy({ preset: 'mattermost' }, { ...lasting, text: '@all look' })
    expect(JSON.parse(body).text).toContain('@\u200ball look')
  })

  test('Telegram: the chat, and no more than fits', async () => {
    const many = Array.from(
      { length: 20 },
      (_, i): Notice => ({ ...over, key: `${i}`, text: 'x'.repeat(500) }),
    )
    const sent = JSON.parse((await sentBy({ preset: 'telegram', chat: '-100' }, ...many)).body)
    expect(sent).toMatchObject({ chat_id: '-100', link_preview_options: { is_disabled: true } })
    expect(sent.text.length).toBeLessThanOrEqual(4_096)
    expect(sent.text).toMatch(/and \d+ more\nhttp/)
  })

  test('a mapping of ones own: quotes, line breaks and control characters of values break nothing', async () => {
    const template = {
      deep: [{ text: `it says: ${the('lines')}`, n: the('count'), fix: 7 }],
      all: the('notices'),
    }
    const { body } = await sentBy({
      template,
      line: `${the('severity')} ${the('text')} since ${the('since')}`,
    })
    const sent = JSON.parse(body)
    expect(sent.deep).toEqual([
      { text: 'it says: critical at max (4) and "hot" <b>  since 03:03:05 UTC', n: 1, fix: 7 },
    ])
    expect(sent.all).toHaveLength(1)
  })

  test('a text of ones own is sent as it is, and a value that looks like a placeholder is none', async () => {
    const { headers, body } = await sentBy({ template: `${the('lines')}|` }, { ...lasting, text: the('url') })
    expect(headers['content-type']).toMatch(/^text\/plain/)
    expect(body).toBe(`[critical] ingest: ${the('url')}|`)
  })

  test('what is over, what came and went, and what is a reminder say so', async () => {
    const { body } = await sentBy(
      { template: the('lines') },
      over,
      { ...over, unheard: true },
      { ...lasting, status: 'firing', key: 'k', since: now() - 3_600_000, reminder: true },
    )
    expect(body.split('\n').map((line) => line.slice(0, 60))).toEqual([
      '[over] ingest: over after 2m: at max (4) and "hot" <b> ',
      '[over] ingest: began and was over within 2m: at max (4) and ',
      '[critical] ingest: at max (4) and "hot" <b>  (for 1h now)',
    ])
  })

  test('headers and tokens are read anew for each message; a file that is not there is said by its name', async () => {
    const files: Record<string, string> = { token: 'first' }
    const notifier = open({ type: 'webhook', url: receiver.url, bearerFile: 'token' }, files)
    receiver.asked.length = 0
    await notifier.send(message(), AbortSignal.timeout(10_000))
    files['token'] = 'second\n'
    await notifier.send(message(), AbortSignal.timeout(10_000))
    expect(receiver.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ])
    delete files['token']
    const sent = await notifier.send(message(), AbortSignal.timeout(10_000))
    expect(sent).toEqual({ kind: 'failed', detail: 'token cannot be read (ENOENT)' })
    notifier.close()
  })
})

test('Alertmanagers are all told; one of them is enough, and it is said who was not', async () => {
  const receiver = await startReceiver()
  const notifier = open({ type: 'alertmanager', urls: [receiver.url, 'http://127.0.0.1:9', receiver.url] })
  const sent = await notifier.send(message(), AbortSignal.timeout(10_000))
  const missed = expect.stringMatching(/^2 of 3 answered well; Alertmanager 2 refuses connections/)
  expect(sent).toEqual({ kind: 'sent', detail: missed, missed })
  expect(receiver.asked.map(({ path }) => path)).toEqual(['/api/v2/alerts', '/api/v2/alerts'])
  notifier.close()
  await receiver.close()
})

describe('TLS', () => {
  let folder = ''
  let url = ''
  let server: ReturnType<typeof createServer>
  beforeAll(async () => {
    folder = await tempFolder('notifier-tls')
    const { cert, key } = await certify(folder, 'cert')
    server = createServer(
      { cert: readFileSync(cert), key: readFileSync(key) },
      (_, response) => void response.end(),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    url = `https://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
  })
  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })

  test('a certificate that nobody vouches for is refused, with the remedy; with ca it is taken', async () => {
    const files = { ca: readFileSync(join(folder, 'cert.crt'), 'utf8') }
    const strict = open({ type: 'webhook', url })
    expect(await strict.send(message(), AbortSignal.timeout(10_000))).toMatchObject({
      kind: 'failed',
      detail: expect.stringMatching(/certificate that is not trusted .*set ca/),
    })
    const trusting = open({ type: 'webhook', url, ca: 'ca' }, files)
    expect(await trusting.send(message(), AbortSignal.timeout(10_000))).toMatchObject({ kind: 'sent' })
    strict.close()
    trusting.close()
  })
})
