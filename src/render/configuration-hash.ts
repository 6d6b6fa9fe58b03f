/**
 * What a pod template is annotated with, so that pods are replaced when the ConfigMap they read at their start has changed.
 * Takes the texts; gives a short hash of them.
 */
import { createHash } from 'node:crypto'

export const configurationHash = (texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16)
