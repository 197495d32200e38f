import { providerContract } from '../../../contract/provider.ts'
import { yandexBench } from './bench.ts'

providerContract('yandex, on a fake cloud', () => yandexBench())
