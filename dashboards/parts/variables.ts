import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { source } from './query.ts'

/** The Prometheus that is asked. */
export const datasource = (): DatasourceVariableBuilder =>
  new DatasourceVariableBuilder('datasource')
    .label('Prometheus')
    .description('The Prometheus that scrapes the controller.')
    .type('prometheus')

/** Values of a label: `of` is `label_values(metric, label)`. Several can be chosen; none is chosen by itself. */
export const several = (name: string, label: string, of: string, about: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .description(about)
    .datasource(source)
    .query({ query: of, refId: name })
    .definition(of)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(true)

/** The same, and all of them unless told otherwise. `every`: what all of them match; `.*` also matches series without the label. */
export const all = (
  name: string,
  label: string,
  of: string,
  about: string,
  every: '.+' | '.*' = '.+',
): QueryVariableBuilder =>
  several(name, label, of, about)
    .includeAll(true)
    .allValue(every)
    .current({ selected: true, text: ['All'], value: ['$__all'] })

/** Which of several controllers: by the job and by the instance of what scrapes them. */
export const controllers = (): QueryVariableBuilder[] => [
  all('job', 'Job', 'label_values(capuchin_build_info, job)', 'The job under which controllers are scraped.'),
  all(
    'controller',
    'Controller',
    'label_values(capuchin_build_info{job=~"$job"}, instance)',
    'Controllers by address; workloads and pools of the same name in several are shown as one.',
  ),
]

/** What all series of the chosen controllers match. */
export const ours = 'job=~"$job",instance=~"$controller"'
