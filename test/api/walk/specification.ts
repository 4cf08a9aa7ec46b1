/**
 * The specification of who may do what, one line per operation (routing rules, "who sees it" and "who acts on it";
 * product, sections A and E). Each cell is the answer for an object of one's own side and, after a slash, for one of
 * the other side; one word where it is the same. `ok` = done; `none` = a list that does not show the object; a
 * number = refused so. Conversations are held by the agent of their side; `not listed` is a member of the sector who
 * does not stand on the list of the channel.
 */
export const table = readLines(`
                        | nobody | agent   | agent there | not listed | supervisor | supervisor there | administrator | api key  | key     | key there
  signIn                | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok
  signOut               | 401    | ok      | ok          | ok         | ok         | ok               | ok            | 403      | 401     | 401
  getMe                 | 401    | ok      | ok          | ok         | ok         | ok               | ok            | 403      | 401     | 401
  changePassword        | 401    | ok      | ok          | ok         | ok         | ok               | ok            | 403      | 401     | 401

  readInvitation        | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok
  acceptInvitation      | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok
  askForPasswordReset   | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok
  readPasswordReset     | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok
  resetPassword         | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok
  changeMyEmail         | 401    | ok      | ok          | ok         | ok         | ok               | ok            | 403      | 401     | 401
  readEmailChange       | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok
  confirmEmailChange    | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok

  receiveContactMessage | 401    | 401     | 401         | 401        | 401        | 401              | 401           | 401      | ok/404  | 404/ok
  readPositionForContact| 401    | 401     | 401         | 401        | 401        | 401              | 401           | 401      | ok/404  | 404/ok

  listConversations     | 401    | ok/none | none/ok     | none       | ok/none    | none/ok          | ok            | ok/none  | 401     | 401
  countConversations    | 401    | ok/none | none/ok     | none       | ok/none    | none/ok          | ok            | ok/none  | 401     | 401
  readConversation      | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  listMessages          | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  readTimeline          | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  readPosition          | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  streamEvents          | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401

  acceptConversation    | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | 403/404  | 401     | 401
  declineConversation   | 401    | ok/404  | 404/ok      | 404        | 409/404    | 404/409          | 409           | 403/404  | 401     | 401
  writeMessage          | 401    | ok/404  | 404/ok      | 404        | 409/404    | 404/409          | 409           | 409/404  | 401     | 401
  returnConversation    | 401    | ok/404  | 404/ok      | 404        | 409/404    | 404/409          | 409           | 403/404  | 401     | 401
  transferConversation  | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  closeConversation     | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  closeConversations    | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  updateConversation    | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  suggestAnswers        | 401    | ok/404  | 404/ok      | 404        | 409/404    | 404/409          | 409           | 409/404  | 401     | 401

  listSectorDirectory   | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  listSectors           | 401    | ok/none | none/ok     | ok/none    | ok/none    | none/ok          | ok            | ok/none  | 401     | 401
  getSector             | 401    | ok/404  | 404/ok      | ok/404     | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  listSectorMembers     | 401    | ok/404  | 404/ok      | ok/404     | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  getRotation           | 401    | ok/404  | 404/ok      | ok/404     | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  simulateArrival       | 401    | ok/404  | 404/ok      | ok/404     | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  listSectorOutcomes    | 401    | ok/404  | 404/ok      | ok/404     | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  listOutcomes          | 401    | ok/none | none/ok     | ok/none    | ok/none    | none/ok          | ok            | ok/none  | 401     | 401
  createSector          | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  updateSector          | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  deleteSector          | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  archiveSector         | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  restoreSector         | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  orderSectors          | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  putSectorMember       | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  removeSectorMember    | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  createOutcome         | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  updateOutcome         | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  deleteOutcome         | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401

  listUsers             | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  getUser               | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  createUser            | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  updateUser            | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  setAvailability       | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  deactivateUser        | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  inviteUser            | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  withdrawInvitation    | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  listMails             | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  activateUser          | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  listPermissions       | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  getUserPermissions    | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  updateUserPermissions | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  listPermissionGroups  | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  createPermissionGroup | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  getPermissionGroup    | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  deletePermissionGroup | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  updatePermissionGroup | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401

  listChannels          | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  getChannel            | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  createChannel         | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  updateChannel         | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  deleteChannel         | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  listChannelKeys       | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  createChannelKey      | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  revokeChannelKey      | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401

  listWalkInChannels    | 401    | 403     | 403         | 403        | ok/none    | none/ok          | ok            | ok/none  | 401     | 401
  registerWalkIn        | 401    | 403     | 403         | 403        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  readTicketBoard       | 401    | 403     | 403         | 403        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401

  listRules             | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  getRule               | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  createRule            | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  updateRule            | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  deleteRule            | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  orderRules            | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  dryRunDraftRule       | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok/404   | 401     | 401
  dryRunRule            | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok/404   | 401     | 401
  renewRuleSecret       | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401

  listContacts          | 401    | ok/none | none/ok     | none       | ok/none    | none/ok          | ok            | ok/none  | 401     | 401
  createContact         | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  getContact            | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  updateContact         | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  listContactNotes      | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  createContactNote     | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  listContactConversations | 401    | ok/404  | 404/ok      | 404        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  putPortfolio          | 401    | 403     | 403         | 403        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  deletePortfolio       | 401    | ok/404  | ok          | ok/404     | ok/404     | ok/403           | ok            | 403      | 401     | 401

  listClients           | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  createClient          | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  getClient             | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  updateClient          | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  deleteClient          | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  listGroups            | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  createGroup           | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  getGroup              | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  updateGroup           | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  deleteGroup           | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  listGroupMembers      | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  putGroupMember        | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  removeGroupMember     | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401
  listDispatchGroups    | 401    | 403     | 403         | 403        | ok         | ok               | ok            | ok       | 401     | 401
  listDispatches        | 401    | 403     | 403         | 403        | ok/none    | none/ok          | ok            | none     | 401     | 401
  openDispatch          | 401    | 403     | 403         | 403        | ok/404     | 404/ok           | ok            | ok/404   | 401     | 401
  getDispatch           | 401    | 403     | 403         | 403        | ok/404     | 404/ok           | ok            | 404      | 401     | 401
  updateDispatch        | 401    | 403     | 403         | 403        | ok/404     | 404/ok           | ok            | 404      | 401     | 401

  movePortfolio         | 401    | 403     | 403         | 403        | ok/403     | ok/403           | ok            | 403      | 401     | 401
  getPortfolioMove      | 401    | 403     | 403         | 403        | ok/404     | ok/404           | ok            | 404      | 401     | 401
  importContacts        | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  getContactImport      | 401    | ok/404  | ok/404      | ok/404     | ok/404     | ok/404           | ok            | 404      | 401     | 401
  listContactImportRows | 401    | ok/404  | ok/404      | ok/404     | ok/404     | ok/404           | ok            | 404      | 401     | 401
  cancelContactImport   | 401    | ok/404  | ok/404      | ok/404     | ok/404     | ok/404           | ok            | 404      | 401     | 401
  forgetContact         | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401

  reportActivity        | 401    | 403     | 403         | 403        | ok         | ok               | ok            | ok       | 401     | 401


  listTags              | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  createTag             | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  updateTag             | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  listCustomFields      | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  createCustomField     | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  updateCustomField     | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401

  getOrganization       | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  updateOrganization    | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401

  listSavedFilters      | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  createSavedFilter     | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  updateSavedFilter     | 401    | ok/404  | ok          | ok/404     | ok/404     | ok/404           | ok/404        | 403/404  | 401     | 401
  deleteSavedFilter     | 401    | ok/404  | ok          | ok/404     | ok/404     | ok/404           | ok/404        | 403/404  | 401     | 401

  listVariables         | 401    | ok      | ok          | ok         | ok         | ok               | ok            | ok       | 401     | 401
  createVariable        | 401    | 403     | 403         | 403        | ok         | ok               | ok            | ok       | 401     | 401
  updateVariable        | 401    | 403     | 403         | 403        | ok         | ok               | ok            | ok       | 401     | 401
  deleteVariable        | 401    | 403     | 403         | 403        | ok         | ok               | ok            | ok       | 401     | 401

  previewEmailSignature | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  getSpending           | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401

  listApiKeys           | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  createApiKey          | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok/403   | 401     | 401
  getApiKey             | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401
  revokeApiKey          | 401    | 403     | 403         | 403        | 403        | 403              | ok            | ok       | 401     | 401

  listAudit             | 401    | 403     | 403         | 403        | 403        | 403              | ok            | 403      | 401     | 401

  getLive               | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok
  getReady              | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok
  getServing            | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok
  getMetrics            | ok     | ok      | ok          | ok         | ok         | ok               | ok            | ok       | ok      | ok
`);

/** The cells of each line under the names of their columns. */
function readLines(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const [names = [], ...lines] = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    lines.map(([operation = '', ...cells]) => [
      operation,
      new Map(names.slice(1).map((name, index) => [name, cells[index] ?? 'missing'])),
    ]),
  );
}
