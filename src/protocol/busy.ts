/**
 * A datanode that has no place for another conversation says so, in an ERROR frame: RESOURCE_EXHAUSTED, with its id. It is not at fault,
 * and its replicas are good: who meets it tries another node, or waits, and does not count it as failed.
 */
import { DfsError, isDfsError } from '../shared/errors.js';

/** @param why as the end of a sentence: `has 512 connections in use` */
export function busyNode(nodeId: string, why: string): DfsError {
  return new DfsError('RESOURCE_EXHAUSTED', `Node "${nodeId}" is busy: it ${why}`, { nodeId });
}

/** Whether a conversation failed because a node is busy. */
export function isBusy(error: unknown): boolean {
  return isDfsError(error, 'RESOURCE_EXHAUSTED') && error.nodeId !== undefined;
}
