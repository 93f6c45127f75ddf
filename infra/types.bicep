@export()
@description('A client company whose alerts the bot takes.')
@sealed()
type client = {
  @description('Id of the client: lower-case letters, digits and hyphens. It names the client\'s record and key for good.')
  @minLength(1)
  @maxLength(63)
  id: string

  @description('What cards call the client.')
  @minLength(1)
  name: string

  @description('Two to five letters that incident numbers begin with.')
  @minLength(2)
  @maxLength(5)
  prefix: string
}

@export()
@description('One client\'s use of a connector.')
@sealed()
type connection = {
  @description('Name of the connection, as in /api/events/{name}: letters, digits and hyphens.')
  @minLength(1)
  @maxLength(63)
  name: string

  @description('Id of the client.')
  client: string

  @description('Name of the connector, as in alertmanager.')
  connector: string

  @description('Settings of the connection that are no secrets, by name.')
  settings: { *: string }?

  @description('Settings of the connection that are secrets: by the name of the setting, the name of the secret in the vault.')
  secrets: { *: string }
}
