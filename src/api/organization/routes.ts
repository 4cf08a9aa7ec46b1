import type { z } from 'zod';
import type { Db } from '../../database/db.ts';
import {
  type OrganizationChanges,
  type OrganizationRow,
  updateOrganization,
} from '../../database/steps/settings/updateOrganization.ts';
import { assertAdministrator } from '../../domain/access/managing.ts';
import type { RoutingRanges } from '../../domain/routing/settings.ts';
import { type Answer, read, type Route, write } from '../route.ts';
import { given } from '../schemas.ts';
import { changedDistribution } from '../sectors/distribution.ts';
import { changedAutoReply, changedHours } from '../sectors/hours.ts';
import { presentOrganization } from './presenter.ts';
import {
  organizationChangesSchema,
  organizationSchema,
  previewedMailSchema,
  signaturePreviewSchema,
  spendingSchema,
} from './schema.ts';
import { previewSignature } from './signature.ts';
import { readSpending } from './spending.ts';

const tag = 'Organization';

const shown = async (db: Db): Promise<Answer> => ({
  status: 200,
  body: presentOrganization(await db.selectFrom('organization').selectAll().executeTakeFirstOrThrow()),
});

const merged =
  (body: z.output<typeof organizationChangesSchema>, ranges: RoutingRanges) =>
  (present: OrganizationRow): OrganizationChanges => {
    const { hours, autoReply, distribution, clientGroups, spendLimit, ...rest } = body;
    return {
      ...given(rest),
      ...(hours === undefined ? {} : { hours: changedHours(present.hours ?? null, hours) }),
      ...(spendLimit === undefined ? {} : { messagesPerMonth: spendLimit?.messagesPerMonth ?? null }),
      ...(autoReply && { autoReply: changedAutoReply(present.autoReply, autoReply) }),
      ...given({ clientGroups: clientGroups?.enabled, groupTie: clientGroups?.tie }),
      ...(distribution && { distribution: changedDistribution(present.distribution, distribution, ranges) }),
    };
  };

export const organizationRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/organization',
    operationId: 'getOrganization',
    summary: 'What holds for everybody',
    tag,
    caller: 'person',
    can: ['read', 'Organization'],
    answers: { 200: organizationSchema },
    handle: (db) => shown(db),
  }),
  write({
    method: 'patch',
    path: '/v1/organization',
    operationId: 'updateOrganization',
    summary: 'Change what holds for everybody; new hours act on every sector that inherits them',
    tag,
    caller: 'person',
    can: ['update', 'Organization'],
    body: organizationChangesSchema,
    answers: { 200: organizationSchema },
    refusals: ['settings-out-of-range'],
    handle: async (unit, { deps, body, person }) => {
      if (body.clientGroups) assertAdministrator(person, 'Only administrators switch client groups on and off.');
      await updateOrganization(unit, merged(body, deps.ranges));
      return shown(unit.db);
    },
  }),
  read({
    method: 'post',
    path: '/v1/organization/email-signature/preview',
    operationId: 'previewEmailSignature',
    summary: 'A mail with the signature, or a draft of it, as it would go out; nothing is sent',
    tag,
    caller: 'person',
    can: ['update', 'Organization'],
    body: signaturePreviewSchema,
    answers: { 200: previewedMailSchema },
    handle: async (db, { deps, body, person }) => ({
      status: 200,
      body: await previewSignature(
        db,
        { name: person.name, link: `${deps.publicUrl}/invitations/…` },
        body.emailSignature,
      ),
    }),
  }),
  read({
    method: 'get',
    path: '/v1/organization/spending',
    operationId: 'getSpending',
    summary: 'How many messages went out in this month, and how many may still',
    tag,
    caller: 'person',
    can: ['update', 'Organization'],
    answers: { 200: spendingSchema },
    handle: async (db, { deps }) => ({ status: 200, body: await readSpending(db, deps.platform.clock) }),
  }),
];
