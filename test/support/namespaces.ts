/**
 * Namespaces of this run's Temporal besides `default`, for tests that start real processes: these all work on one task
 * queue, and those of one file should not meet the conversations of another.
 */
export const testNamespaces = {
  races: 'races',
  replay: 'replay',
  nobody: 'nobody-works-here',
  takeover: 'takeover',
  rolling: 'rolling-restart',
  monitored: 'monitored',
  versions: 'versions',
  restored: 'restored',
  stopping: 'stopping',
} as const;
