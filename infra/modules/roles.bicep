// Built-in roles allow more than the bot does: Key Vault Crypto User also decrypts, backs up and changes keys, Storage Blob Data
// Contributor also overwrites and deletes.

var place = uniqueString(resourceGroup().id)

resource signs 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'signs')
  properties: {
    roleName: 'DevOps AI Bot: sign with a key (${place})'
    description: 'Reads the public part of a key and signs with it.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.KeyVault/vaults/keys/read'
          'Microsoft.KeyVault/vaults/keys/sign/action'
        ]
        notDataActions: []
      }
    ]
  }
}

resource wraps 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'wraps')
  properties: {
    roleName: 'DevOps AI Bot: wrap with a key (${place})'
    description: 'Wraps and unwraps other keys with a key.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.KeyVault/vaults/keys/wrap/action'
          'Microsoft.KeyVault/vaults/keys/unwrap/action'
        ]
        notDataActions: []
      }
    ]
  }
}

resource adds 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'adds')
  properties: {
    roleName: 'DevOps AI Bot: add blobs (${place})'
    description: 'Reads blobs and adds new ones; overwrites and deletes none.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/read']
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
        ]
        notDataActions: []
      }
    ]
  }
}

output signsId string = signs.id
output wrapsId string = wraps.id
output addsId string = adds.id
