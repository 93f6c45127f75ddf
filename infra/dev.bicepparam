using 'main.bicep'

param name = 'devopsaidev'
param imageTag = readEnvironmentVariable('IMAGE_TAG', '')
param origin = 'ledger-dev.msp.example'
param alarmEmail = 'operations@msp.example'

param clients = [
  { id: 'contoso', name: 'Contoso Ltd', prefix: 'CON' }
]

// Object id of your own directory.
param administrators = [
  '11111111-1111-1111-1111-111111111111'
]

param connections = [
  {
    name: 'contoso-alertmanager'
    client: 'contoso'
    connector: 'alertmanager'
    secrets: { Bearer: 'contoso-alertmanager' }
  }
]

param maxReplicas = 2
param backup = 'Continuous7Days'
param checkpointDays = 1
param logDays = 30
