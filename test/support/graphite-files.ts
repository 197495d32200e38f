/** The ports of a Graphite: two that take values in, one for graphite-web to ask carbon, one to ask graphite-web. */
export type GraphitePorts = { line: number; pickle: number; query: number; web: number }

/** The settings of a Graphite that lives in `folder`, by file name. */
export const graphiteFiles = (folder: string, ports: GraphitePorts): Record<string, string> => ({
  'conf/carbon.conf': carbon(folder, ports),
  'conf/storage-schemas.conf': schemas,
  'conf/storage-aggregation.conf': '[default]\npattern = .*\nxFilesFactor = 0\naggregationMethod = average\n',
  'web/graphite_test_settings.py': webSettings(folder, ports),
  'web/gunicorn_settings.py': gunicornSettings(folder, ports),
})

const carbon = (folder: string, { line, pickle, query, web }: GraphitePorts): string => `[cache]
STORAGE_DIR = ${folder}/storage/
LOCAL_DATA_DIR = ${folder}/storage/whisper/
CONF_DIR = ${folder}/conf/
LOG_DIR = ${folder}/log/
PID_DIR = ${folder}/
USER =
DATABASE = whisper
ENABLE_LOGROTATION = False
MAX_CACHE_SIZE = inf
MAX_UPDATES_PER_SECOND = inf
MAX_CREATES_PER_MINUTE = inf
MIN_TIMESTAMP_RESOLUTION = 1
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = ${line}
PICKLE_RECEIVER_INTERFACE = 127.0.0.1
PICKLE_RECEIVER_PORT = ${pickle}
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = ${query}
CARBON_METRIC_INTERVAL = 0
CACHE_WRITE_STRATEGY = naive
GRAPHITE_URL = http://127.0.0.1:${web}
ENABLE_TAGS = False
LOG_UPDATES = False
LOG_CREATES = False
WHISPER_AUTOFLUSH = True
`

const schemas = `[fine]
pattern = ^fine\\.
retentions = 1s:6h
[coarse]
pattern = ^coarse\\.
retentions = 60s:1d
[rolled]
pattern = ^rolled\\.
retentions = 15s:10m,60s:1d
[default]
pattern = .*
retentions = 15s:6h
`

// Answers are cached, as they are where there is a memcached: for 60 s, by targets and the minutes of from and until.
const webSettings = (folder: string, { query }: GraphitePorts): string => `SECRET_KEY = 'test-only'
DEBUG = False
ALLOWED_HOSTS = ['*']
TIME_ZONE = 'UTC'
LOG_ROTATION = False
GRAPHITE_ROOT = '/usr/share/graphite-web'
CONF_DIR = '${folder}/conf'
STORAGE_DIR = '${folder}/storage'
WHISPER_DIR = '${folder}/storage/whisper'
LOG_DIR = '${folder}/log'
INDEX_FILE = '${folder}/storage/index'
STATIC_ROOT = '/usr/share/graphite-web/static'
CARBONLINK_HOSTS = ['127.0.0.1:${query}']
CARBONLINK_TIMEOUT = 1.0
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}
DEFAULT_CACHE_DURATION = 60
USE_WORKER_POOL = False
DATABASES = {'default': {'NAME': '${folder}/storage/graphite.db', 'ENGINE': 'django.db.backends.sqlite3'}}
`

// The worker is a fork, which does not inherit that it dies with its parent: prctl(PR_SET_PDEATHSIG, SIGKILL) says so again.
const gunicornSettings = (folder: string, { web }: GraphitePorts): string => `import ctypes, signal
bind = '127.0.0.1:${web}'
workers = 1
threads = 4
timeout = 600
worker_tmp_dir = '${folder}'
def post_fork(server, worker):
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
`
