/** Every phase. The order in which they run is a playbook's. `preflight` is run before a plan is made, and so has no tasks. */
import {
  addon,
  bootstrapToken,
  clusterAdmins,
  joinToken,
  markControlPlane,
  markNode,
  uploadConfig,
  waitControlPlane,
  waitNodes,
} from './cluster.ts'
import { hostPrep } from './host-prep.ts'
import { certs, kubeconfig } from './identity.ts'
import { kubeletStart, kubeletWaitBootstrap } from './kubelet.ts'
import { kubeletFinalize } from './kubelet-finalize.ts'
import { certsProof, kubeletServing, runtimeOn } from './renewal.ts'
import { addonsFollow, kubeletClient, podsSeeCa, proof, rootCaPublished } from './rotation.ts'
import { images, runtime } from './runtime.ts'
import { apiServer, controllers, etcd } from './static-pods.ts'
import type { Phase } from './types.ts'

const preflight: Phase = {
  id: 'preflight',
  title: 'Check the hosts',
  roles: ['control-plane', 'worker'],
  tasks: () => [],
}

export const phases: readonly Phase[] = [
  preflight,
  hostPrep,
  runtime,
  certs,
  images,
  kubeconfig,
  apiServer,
  etcd,
  kubeletStart,
  waitControlPlane,
  controllers,
  clusterAdmins,
  bootstrapToken,
  uploadConfig,
  markControlPlane,
  kubeletFinalize,
  addon,
  joinToken,
  kubeletWaitBootstrap,
  markNode,
  waitNodes,
  rootCaPublished,
  podsSeeCa,
  kubeletClient,
  runtimeOn,
  kubeletServing,
  addonsFollow,
  proof,
  certsProof,
]
