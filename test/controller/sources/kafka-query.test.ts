import { describe, expect, test } from 'vitest'
import { kafkaFaults, parseKafkaQuery } from '../../../controller/sources/kafka-query.ts'

describe('queries of a Kafka source', () => {
  test.for<[string, string, object]>([
    [
      'a group and a topic',
      'lag(group=consumer, topic=loader)',
      { quantity: 'lag', group: 'consumer', topic: 'loader' },
    ],
    [
      'the other way round, with blanks',
      ' lag ( topic = loader , group = consumer ) ',
      { quantity: 'lag', group: 'consumer', topic: 'loader' },
    ],
    [
      'a topic with dots and dashes',
      'produced(topic=eu-1.orders_v2)',
      { quantity: 'produced', topic: 'eu-1.orders_v2' },
    ],
    ['a name in quotes', 'end(topic="loader")', { quantity: 'end', topic: 'loader' }],
    [
      'a group with blanks, a quote and a bracket',
      String.raw`members(group='the \'big\' (one)')`,
      { group: "the 'big' (one)" },
    ],
    ['a quote of the other kind', `members(group="it's")`, { group: "it's" }],
    ['a backslash', String.raw`members(group="a\\b")`, { group: String.raw`a\b` }],
    ['a topic of digits', 'partitions(topic=007)', { quantity: 'partitions', topic: '007' }],
    ['rebalancing', 'rebalancing(group=consumer)', { quantity: 'rebalancing', group: 'consumer' }],
  ])('read: %s', ([, text, query]) => {
    expect(parseKafkaQuery(text)).toMatchObject({ kind: 'query', query })
  })

  test('what means the same has the same key, and what does not has not', () => {
    const keyOf = (text: string) => {
      const parsed = parseKafkaQuery(text)
      return parsed.kind === 'query' ? parsed.query.key : parsed.detail
    }
    expect(keyOf('lag(group=a,topic=b)')).toBe(keyOf('lag( topic="b", group=\'a\' )'))
    expect(keyOf('lag(group=a,topic=b)')).not.toBe(keyOf('lag(group=b,topic=a)'))
  })

  test.for<[string, string, RegExp]>([
    ['nothing', '  ', /^the query is empty: it is one such as lag\(group=consumer, topic=loader\)$/],
    [
      'a slip in the quantity',
      'lagg(group=a, topic=b)',
      /^there is no quantity lagg; did you mean "lag"\? such as/,
    ],
    [
      'another quantity',
      'offsets(topic=b)',
      /^there is no quantity offsets: there is lag, committed, consumed/,
    ],
    ['what objects have by themselves', 'toString(topic=b)', /^there is no quantity toString/],
    [
      'a group that is absent',
      'lag(topic=b)',
      /^lag has to be told group: it is asked as lag\(group=consumer, topic=loader\)$/,
    ],
    ['nothing in the brackets', 'lag()', /^lag has to be told group and topic/],
    ['a slip in a name', 'lag(grup=a, topic=b)', /^lag is not told grup; did you mean "group"\?/],
    [
      'what it has no use for',
      'end(topic=a, group=b)',
      /^end is not told group: it is asked as end\(topic=loader\)$/,
    ],
    ['the same twice', 'end(topic=a, topic=b)', /^end is told topic twice$/],
    ['an empty name', 'end(topic="")', /^the topic has no name$/],
    ['a name that no topic has', 'end(topic="a/b")', /^no topic can be called "a\/b"/],
    ['the name that Kafka refuses', 'end(topic=..)', /^no topic can be called ".."/],
    ['no bracket at the end', 'end(topic=a', /^the query ends too early/],
    ['a quote that does not end', 'end(topic="a)', /^unexpected "\\"a\)" at character 11: /],
    ['more after the end', 'end(topic=a) / 2', /^unexpected "\/ 2" at character 14: /],
    ['PromQL', 'sum(kafka_lag{topic="a"})', /^unexpected "\{topic=\\"a\\"\}\)" at character 14: /],
    ['a comma too many', 'end(topic=a,)', /^unexpected "\)" at character 13: /],
    ['no comma', 'lag(group=a topic=b)', /^unexpected "topic=b\)" at character 13: /],
  ])('refused: %s', ([, text, detail]) => {
    expect(kafkaFaults(text)).toEqual([expect.stringMatching(detail)])
  })
})
