-- The table of the ClickHouse sink, for servers from 18.16 on. For other names than default.events:
--     node ingest/consumer/main.ts --print-ddl --table DB.TABLE
-- A record comes again when a consumer ends before it committed. It then replaces its first copy, since it sorts to the same place
-- and lies in the same partition: both follow from the record alone, never from when it was stored. Until the copies
-- are merged FINAL leaves out all but one: SELECT count() FROM default.events FINAL.
-- Columns of your own may follow, made from the event:
--     age UInt8 MATERIALIZED toUInt8OrZero(visitParamExtractRaw(event, 'age'))
-- Take functions that cannot fail (...OrZero, ...OrNull): where one does, the record is refused and put aside.
CREATE TABLE IF NOT EXISTS default.events
(
    topic String,
    partition UInt32,
    offset UInt64,
    id String,
    timestamp_ms Int64,
    event String,
    timestamp DateTime('UTC') MATERIALIZED toDateTime(intDiv(timestamp_ms, 1000), 'UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(timestamp)
ORDER BY (topic, partition, offset)
