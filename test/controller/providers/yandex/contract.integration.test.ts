import { providerContract } from '../../../contract/provider.ts'
import { yandexBench } from './bench.ts'

providerContract('yandex, on a fake cloud', () => yandexBench())
providerContract('yandex, where listings lag', () => yandexBench({ listLag: 5_000, errorShape: 'mixed' }))
