using DevOpsAI.Ledger.Cosmos;

namespace DevOpsAI.Tests.Ledger.Cosmos;

public sealed class CosmosOptionsTests
{
    private const string Key = "bm90IGEga2V5";

    [Theory]
    [InlineData("https://msp.documents.azure.com:443/", Key)]
    [InlineData("https://msp.documents.azure.com:443/", null)]
    [InlineData("https://msp.documents.azure.com:443/", "env:COSMOS_KEY")]
    [InlineData("http://localhost:8081/", Key)]
    [InlineData("http://127.0.0.1:8081/", Key)]
    [InlineData("http://[::1]:8081/", "file:/run/secrets/cosmos")]
    public void An_account_is_reached_over_https_or_on_this_machine(string endpoint, string? key) =>
        new CosmosOptions { Endpoint = endpoint, Key = key }.Problems().ShouldBeEmpty();

    [Theory]
    [InlineData(null, Key, "Endpoint: missing")]
    [InlineData("msp", Key, "not an address")]
    [InlineData("ftp://msp/", Key, "not an address")]
    [InlineData("http://msp.documents.azure.com/", Key, "plain http")]
    [InlineData("http://10.0.0.4:8081/", Key, "plain http")]
    [InlineData("http://localhost:8081/", null, "token is not sent over plain http")]
    [InlineData("https://msp.documents.azure.com/", "not base64!", "not an account key")]
    public void What_is_wrong_is_named(string? endpoint, string? key, string problem) =>
        new CosmosOptions { Endpoint = endpoint, Key = key }.Problems().ShouldHaveSingleItem().ShouldContain(problem);

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    public void A_database_needs_a_name(string name) =>
        new CosmosOptions { Endpoint = "https://msp.documents.azure.com/", Key = Key, Database = name }.Problems().ShouldHaveSingleItem()
            .ShouldContain("Database");
}
