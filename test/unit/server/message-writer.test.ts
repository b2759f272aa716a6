import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { WholeMessageWriter } from '../../../server/message-writer.ts';

const message = { jsonrpc: '2.0', method: 'ä', params: [] };

test('a message goes out in one write, its length counted in bytes', async () => {
  const writes: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      writes.push(String(chunk));
      done();
    },
  });
  const writer = new WholeMessageWriter(stream);
  await Promise.all([writer.write(message), writer.write(message)]);
  const body = JSON.stringify(message);
  const whole = `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  assert.deepEqual(writes, [whole, whole]);
  assert.notEqual(Buffer.byteLength(body), body.length);
});

test('a client that is gone is an error of the message that it does not get', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  const writer = new WholeMessageWriter(stream);
  const told: unknown[] = [];
  writer.onError(([error]) => told.push(error.message));
  await assert.rejects(writer.write(message), /EPIPE/);
  assert.ok(told.includes('EPIPE'));
});
