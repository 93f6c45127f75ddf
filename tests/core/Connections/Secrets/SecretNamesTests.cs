using DevOpsAI.Connections.Secrets;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Core.Connections.Secrets;

public sealed class SecretNamesTests
{
    [Theory]
    [InlineData("env:CONTOSO_APIKEY", "fabrikam", "env:FABRIKAM_APIKEY")]
    [InlineData("env:CONTOSO_NINJAONE_HOOK", "north-wind", "env:NORTH_WIND_NINJAONE_HOOK")]
    [InlineData("env:WAZUH_PASSWORD", "fabrikam", "env:FABRIKAM_WAZUH_PASSWORD")]
    [InlineData("env:CONTOSO_NINJAONE", "contoso", "env:CONTOSO_NINJAONE")]
    [InlineData("c0ffee12-3456", "fabrikam", "c0ffee12-3456")]
    public void An_example_is_one_that_the_client_may_use(string example, string client, string suggested)
    {
        SecretNames.GetExample(example, TenantId.Parse(client)).ShouldBe(suggested);
        if (suggested.StartsWith("env:", StringComparison.Ordinal))
            suggested["env:".Length..].ShouldStartWith(SecretNames.GetVariablePrefix(TenantId.Parse(client)));
    }
}
