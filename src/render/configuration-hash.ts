/**
 * What a pod template is annotated with, so that pods are replaced when what they read at their start has changed: a ConfigMap, the
 * CAs that the API server's certificate is verified with (a client made with client-go before 0.36 reads them once).
 * Takes the texts; gives a short hash of them.
 */
import { createHash } from 'node:crypto'

export const configurationHash = (texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16)
