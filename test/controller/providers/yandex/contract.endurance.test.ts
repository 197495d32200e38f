import { providerContract } from '../../../contract/provider.ts'
import { yandexBench } from './bench.ts'

providerContract('yandex, where listings lag and errors come in both shapes', () =>
  yandexBench({ listLag: 5_000, errorShape: 'mixed' }),
)

providerContract('yandex, where now and then answers are lost and operations take long', () => {
  let calls = 0
  return yandexBench({
    operationDelay: () => 20_000,
    bootDelay: () => 10_000,
    fault: (method) =>
      method.startsWith('InstanceService/') && ++calls % 5 === 0 ? 'lost-after' : undefined,
  })
})
