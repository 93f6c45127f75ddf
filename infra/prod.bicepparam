using 'main.bicep'

param name = 'devopsai'
param imageTag = readEnvironmentVariable('IMAGE_TAG', '')
param origin = 'ledger.msp.example'
param alarmEmail = 'operations@msp.example'

param clients = [
  { id: 'contoso', name: 'Contoso Ltd', prefix: 'CON' }
  { id: 'fabrikam', name: 'Fabrikam Inc', prefix: 'FAB' }
]

// Object ids of your own directory.
param administrators = [
  '11111111-1111-1111-1111-111111111111'
  '22222222-2222-2222-2222-222222222222'
]

param connections = [
  {
    name: 'contoso-alertmanager'
    client: 'contoso'
    connector: 'alertmanager'
    secrets: { Bearer: 'contoso-alertmanager' }
  }
  {
    name: 'fabrikam-cloudevents'
    client: 'fabrikam'
    connector: 'cloudevents'
    secrets: { HmacSecret: 'fabrikam-cloudevents' }
  }
]

param settings = {
  Digests__TimeZone: 'Europe/Berlin'
}

param hardwareKeys = true
param zoneRedundant = true
param maxThroughput = 4000
param checkpointDays = 3650
