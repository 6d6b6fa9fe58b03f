/**
 * Room for binaries, images and etcd's data, and enough of it free that the kubelet does not evict everything at once. Where this
 * cluster already is, its files are on the disk and only a disk that is nearly full is spoken of.
 */
import type { HostRole } from '../config/schema.ts'
import type { HostFacts } from '../facts/types.ts'
import { type Check, type CheckInput, everyRole, type Problem } from './types.ts'

type Disk = HostFacts['disks'][number]
type Need = {
  readonly path: string
  readonly what: string
  readonly megabytes: Readonly<Record<HostRole, number>>
}

// Measured: all images are 580 MB unpacked and 190 MB packed, of which a worker needs a fifth; binaries are 400 MB.
// etcd's own default quota is 2 GB; a fresh cluster stays under 200 MB, with preallocated logs of 64 MB each.
const needs: readonly Need[] = [
  {
    path: '/var/lib/containerd',
    what: 'images and containers',
    megabytes: { 'control-plane': 1500, worker: 600 },
  },
  { path: '/usr/local/bin', what: 'binaries', megabytes: { 'control-plane': 500, worker: 500 } },
  { path: '/var/lib/etcd', what: 'etcd', megabytes: { 'control-plane': 500, worker: 0 } },
]

// The images' files, measured at 3000, with room for a user's own.
const requiredInodes = 20_000

// The kubelet evicts pods below 15 % free for images (KubeletConfiguration v1beta1, evictionHard imagefs.available).
const evictionPercent = 15

export const diskSpace: Check = {
  ids: ['DiskSpace', 'DiskPressure'],
  title: 'there is room on the disks',
  roles: everyRole,
  run: (input) => (input.ownership.kind === 'ours' ? pressure(input) : [...room(input), ...pressure(input)]),
}

const room = ({ facts, host, config }: CheckInput): readonly Problem[] =>
  needs.flatMap((need) => {
    const path = need.path === '/var/lib/etcd' ? config.controlPlane.etcd.dataDir : need.path
    const disk = facts.disks.find((candidate) => candidate.path === path)
    const wanted = need.megabytes[host.role]
    if (disk === undefined || wanted === 0) return []
    return [...tooSmall(disk, wanted, need.what), ...tooFewInodes(disk)]
  })

const tooSmall = ({ path, freeMB }: Disk, wanted: number, what: string): readonly Problem[] =>
  freeMB >= wanted
    ? []
    : [
        {
          severity: 'error',
          message: `${path} has ${freeMB} MB free; ${what} need ${wanted} MB`,
          remedy: `make room (\`du -xh --max-depth=2 / | sort -h | tail\`), or mount a larger disk at ${path}`,
        },
      ]

const tooFewInodes = ({ path, freeInodes }: Disk): readonly Problem[] =>
  freeInodes === undefined || freeInodes >= requiredInodes
    ? []
    : [
        {
          severity: 'error',
          message: `the file system of ${path} has only ${freeInodes} inodes left`,
          remedy:
            'find the folder with very many small files (`du --inodes -x / | sort -n | tail`) and clear it',
        },
      ]

const pressure = ({ facts, config }: CheckInput): readonly Problem[] => {
  if (config.kubelet.config['evictionHard'] !== undefined) return []
  const disk = facts.disks.find(({ path }) => path === '/var/lib/containerd')
  if (disk === undefined || disk.totalMB === 0) return []
  const percent = Math.floor((disk.freeMB / disk.totalMB) * 100)
  if (percent >= evictionPercent) return []
  return [
    {
      id: 'DiskPressure',
      severity: 'warning',
      message: `${percent} % of the disk of ${disk.path} are free; below ${evictionPercent} % the kubelet evicts pods and takes no new ones`,
      remedy:
        'make room, or set limits in absolute terms in the cluster file: kubelet: { config: { evictionHard: { nodefs.available: 1Gi, imagefs.available: 1Gi }, imageGCHighThresholdPercent: 100 } }',
    },
  ]
}
