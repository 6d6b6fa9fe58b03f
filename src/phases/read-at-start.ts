/**
 * THE table of which files a control plane's components read once, at their start. A static pod is annotated with a hash of them, so
 * that it is replaced when one of them is. Takes what planning knows, and the manifest; gives the hash.
 *
 * Everything else is read again while they run: serving certificates, client CAs, the CA that signs requests and the proxy's client
 * certificate (dynamiccertificates), etcd's own certificates at every handshake (security-and-reliability 3.6).
 */
import { kubernetesDirectory, pkiDirectory } from '../constants.ts'
import { configurationHash } from '../render/configuration-hash.ts'
import type { PlanInput } from './types.ts'

const readAtStart: Readonly<Record<string, readonly string[]>> = {
  // The pools of CAs of an etcd, and of a client of it, are made once (etcd client/pkg transport/listener.go).
  etcd: [`${pkiDirectory}/etcd/ca-bundle.crt`],
  'kube-apiserver': [
    `${pkiDirectory}/etcd/ca-bundle.crt`,
    `${pkiDirectory}/sa.pub`,
    `${pkiDirectory}/sa.key`,
  ],
  'kube-controller-manager': [
    `${pkiDirectory}/ca-bundle.crt`,
    `${pkiDirectory}/sa.key`,
    `${kubernetesDirectory}/controller-manager.conf`,
  ],
  'kube-scheduler': [`${kubernetesDirectory}/scheduler.conf`],
}

export const startedWith = (input: PlanInput, host: string, component: string, manifest: string): string => {
  const files = input.identity.get(host) ?? []
  const read = readAtStart[component] ?? []
  return configurationHash([
    manifest,
    ...read.map((path) => files.find((each) => each.path === path)?.content ?? ''),
  ])
}
