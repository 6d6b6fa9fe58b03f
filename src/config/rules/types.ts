/** What a rule is: something that must hold between fields of a cluster file whose shape is right. One small function each, pure. */
import type { PathProblem } from '../problems.ts'
import type { ClusterConfig } from '../schema.ts'

export type RuleContext = {
  /** Ids of preflight checks that `preflight.ignore` may name. */
  readonly checkIds: readonly string[]
}

export type Rule = (config: ClusterConfig, context: RuleContext) => readonly PathProblem[]
