/** A ConfigMap. */
import type { KubeObject, ObjectMeta } from '../../api/types.ts'

export const configMap = (metadata: ObjectMeta, data: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  data,
})
