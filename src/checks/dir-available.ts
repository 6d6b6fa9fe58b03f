/** Folders that have to be empty: etcd's data, and the static pods of a worker. kubeadm: DirAvailable--<path>. */
import { type Check, type CheckInput, everyRole, type Problem } from './types.ts'

const etcdId = 'DirAvailable--var-lib-etcd'
const manifestsId = 'DirAvailable--etc-kubernetes-manifests'
const manifests = '/etc/kubernetes/manifests'

export const dirAvailable: Check = {
  ids: [etcdId, manifestsId],
  title: "the folders of etcd's data and of static pods are empty",
  roles: everyRole,
  run: (input) => {
    if (input.ownership.kind === 'ours') return []
    return input.host.role === 'control-plane' ? etcdData(input) : staticPods(input)
  },
}

const etcdData = ({ facts, config }: CheckInput): readonly Problem[] => {
  const { dataDir } = config.controlPlane.etcd
  if (facts.paths[dataDir] === undefined || facts.paths[dataDir] === 'empty-directory') return []
  return [
    {
      id: etcdId,
      severity: 'error',
      message: `${dataDir} is not empty: it may hold the data of another cluster`,
      remedy: `keep what is worth keeping and move it away (\`mv ${dataDir} ${dataDir}.old\`), or set controlPlane.etcd.dataDir in the cluster file`,
    },
  ]
}

const staticPods = ({ facts }: CheckInput): readonly Problem[] =>
  facts.paths[manifests] === 'directory'
    ? [
        {
          id: manifestsId,
          severity: 'error',
          message: `${manifests} is not empty: the kubelet would start those pods`,
          remedy: `look at them with \`ls -l ${manifests}\` and remove them; \`kubeadm reset\` does after a kubeadm cluster`,
        },
      ]
    : []
