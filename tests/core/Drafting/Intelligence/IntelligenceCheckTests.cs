using DevOpsAI.Drafting.Intelligence;

namespace DevOpsAI.Tests.Core.Drafting.Intelligence;

public sealed class IntelligenceCheckTests
{
    [Theory]
    [InlineData("http://contoso.openai.azure.com/", "Intelligence:Endpoint")]
    [InlineData("https://user@contoso.openai.azure.com/", "Intelligence:Endpoint")]
    [InlineData("https://contoso.openai.azure.com/?key=1", "Intelligence:Endpoint")]
    [InlineData("ftp://contoso.openai.azure.com/", "Intelligence:Endpoint")]
    public void A_key_is_never_shown_to_whoever_listens(string address, string setting) =>
        Problems(new() { Endpoint = new(address), Deployment = "d", ApiKey = "env:K" }).ShouldHaveSingleItem().ShouldStartWith(setting);

    [Fact]
    public void What_is_missing_is_told_at_once() =>
        Problems(new() { Endpoint = new("https://x.openai.azure.com/"), Identity = "me", IdentityClientId = "1", DailyCost = 1, ApiKey = "k" })
            .Select(static problem => problem.Split(':')[1])
            .ShouldBe(["Deployment", "ApiKey", "Identity", "IdentityClientId", "DailyCost"]);

    [Fact]
    public void Settings_of_a_model_without_its_address_are_a_mistake() =>
        Problems(new() { Deployment = "d" }).ShouldHaveSingleItem().ShouldStartWith("Intelligence:Endpoint: missing");

    [Fact]
    public void Nothing_set_is_no_model_and_no_mistake() => Problems(new()).ShouldBeEmpty();

    [Theory]
    [InlineData("https://contoso.openai.azure.com/")]
    [InlineData("http://127.0.0.1:8080/v1")]
    public void A_whole_configuration_is_taken(string address) =>
        Problems(new() { Endpoint = new(address), Deployment = "gpt-4o", ApiKey = "env:K" }).ShouldBeEmpty();

    private static IEnumerable<string> Problems(IntelligenceOptions options) =>
        new IntelligenceCheck().Validate(null, options).Failures ?? [];
}
