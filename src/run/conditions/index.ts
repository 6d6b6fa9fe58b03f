/** Every condition that can be waited for, by id. */
import { addonsFollow } from './addons.ts'
import { administratorsLetIn } from './administrators.ts'
import { apiServerReady } from './api-server.ts'
import { controllersLead } from './controllers.ts'
import { nodeReady, nodeRegistered } from './nodes.ts'
import { rootCaPublished } from './root-ca.ts'
import type { Watched } from './types.ts'
import { deploymentAvailable } from './workloads.ts'

export const conditions: readonly Watched[] = [
  apiServerReady,
  administratorsLetIn,
  controllersLead,
  nodeRegistered,
  nodeReady,
  deploymentAvailable,
  rootCaPublished,
  addonsFollow,
]
