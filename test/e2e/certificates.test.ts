/**
 * One cluster, and all that its certificates live through while it is used: renewed, all CAs of them replaced, looked at, expired and
 * rescued, renewed by a timer, made for somebody else. The chapters are in `certificates/`, and are told in this order.
 */
import { describe } from 'vitest'
import { useClusterInUse } from '../support/cluster-in-use.ts'
import { forOthers } from './certificates/for-others.ts'
import { looking } from './certificates/looking.ts'
import { renewing } from './certificates/renewing.ts'
import { rescuing } from './certificates/rescuing.ts'
import { rotating } from './certificates/rotating.ts'
import { unattended } from './certificates/unattended.ts'

const cluster = useClusterInUse({ workers: 2 })

describe('renewing everything', () => renewing(cluster))
describe('replacing every CA and the service account key', () => rotating(cluster))
describe('the certificates', () => looking(cluster))
describe('a cluster whose certificates have all expired', () => rescuing(cluster))
describe('renewing unattended', () => unattended(cluster))
describe('kubectl, as somebody else', () => forOthers(cluster))
