using DevOpsAI.Connections;
using DevOpsAI.Tests.Connectors.Toolkit;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>Every request is judged by Graph's own description; two directories each have a Mia.</summary>
public sealed class GraphUsersTests : IAsyncLifetime
{
    private GraphHost host = null!;

    public async ValueTask InitializeAsync() => host = await GraphHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_user_is_found_by_either_name_and_several_are_several()
    {
        (await host.FindAsync("user", GraphHost.Mia.ToUpperInvariant())).ShouldHaveSingleItem().ShouldBe(
            new("contoso-graph", "user", GraphHost.MiaId, GraphHost.Mia, "Northwind Dental"));
        (await host.FindAsync("user", "mia okafor")).ShouldHaveSingleItem().Id.ShouldBe(GraphHost.MiaId);
        (await host.FindAsync("user", "Jo Lee")).Select(static one => one.Name).ShouldBe(
            ["j.lee@northwinddental.example", "jo.lee@northwinddental.example"]);
        (await host.FindAsync("user", "Mia Okafo")).ShouldBeEmpty();
        (await host.FindAsync("mailbox", GraphHost.Mia)).ShouldBeEmpty();
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task The_same_name_in_two_directories_is_two_users()
    {
        var fabrikam = (await host.FindAsync("user", GraphHost.Mia, host.Fabrikam)).ShouldHaveSingleItem();
        (fabrikam.Id, fabrikam.Client).ShouldBe(("99999999-44d7-43e1-9a83-5f2406dee5bd", "Fabrikam"));
        (await host.FindAsync("user", GraphHost.Mia)).ShouldHaveSingleItem().Id.ShouldBe(GraphHost.MiaId);
        (await host.ActAsync("user.disable", fabrikam)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("foreign-target");
        (await host.ActAsync("user.disable", fabrikam with { Connection = "contoso-graph" }))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("gone");
        host.World.Effects.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Sean O'Neil", 1)]
    [InlineData("100% Guest", 1)]
    [InlineData("guest_fabrikam.example#EXT#@northwinddental.example", 1)]
    [InlineData("x' or displayName ne '", 0)]
    [InlineData("a&$top=1", 0)]
    [InlineData("?$filter=#%00/..", 0)]
    [InlineData("ä ö \"<x> + {y}", 0)]
    public async Task A_name_with_characters_that_mean_something_is_a_name(string name, int found)
    {
        (await host.FindAsync("user", name)).Count.ShouldBe(found);
        var quoted = name.Replace("'", "''", StringComparison.Ordinal);
        var call = host.Calls.First(static one => one.Path == "/users");
        call.Query["$filter"].ShouldBe($"userPrincipalName eq '{quoted}' or displayName eq '{quoted}'");
        call.Query.Keys.Order(StringComparer.Ordinal).ShouldBe(["$filter", "$select"]);
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task What_is_told_of_a_user_is_in_the_words_of_the_vocabulary()
    {
        var seen = await host.ObserveAsync(host.User());
        seen.ShouldBe(
        [
            "user.enabled = true", $"user.objectId = {GraphHost.MiaId}", "user.risk = high", "user.riskySignIns = 1",
            "user.sessionsValidFrom = 2026-07-01T10:00:00Z", "user.synchronized = false", $"user.upn = {GraphHost.Mia}",
        ]);
        seen.ShouldAllBe(static one => Capabilities.Observing(one.Split(' ')[0]) != null);
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_user_is_told_of_without_the_licence_for_risk_and_with_members_that_nobody_knows()
    {
        host.Vendor.Answers = Replacing("/identityProtection/", GraphHost.Error(403, "Forbidden"));
        (await host.ObserveAsync(host.User())).ShouldNotContain(static one => one.StartsWith("user.risk", StringComparison.Ordinal));
        host.World.Find(GraphHost.ContosoId, "users", GraphHost.MiaId)["accountEnabled"] = null;
        host.World.Find(GraphHost.ContosoId, "users", GraphHost.MiaId)["somethingNew"] = "x";
        (await host.ObserveAsync(host.User())).ShouldNotContain(static one => one.StartsWith("user.enabled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_account_is_disabled_once_read_back_and_enabled_again()
    {
        (await host.ActAsync("user.disable", host.User())).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail.ShouldBe(
            "Entra took the account as disabled.");
        (await host.ObserveAsync(host.User())).ShouldContain("user.enabled = false");
        (await host.ActAsync("user.disable", host.User())).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail.ShouldContain(
            "disabled already; nothing was sent");
        (await host.ActAsync("user.enable", host.User())).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        host.World.Effects.ShouldBe([$"PATCH /users/{GraphHost.MiaId}", $"PATCH /users/{GraphHost.MiaId}"]);
        host.Calls.Where(static one => one.Method == "PATCH").Select(static one => one.Body).ShouldBe(
            ["""{"@odata.type":"#microsoft.graph.user","accountEnabled":false}""", """{"@odata.type":"#microsoft.graph.user","accountEnabled":true}"""]);
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task Sessions_are_ended_and_the_time_is_read_back()
    {
        (await host.ActAsync("user.revoke-sessions", host.User())).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (await host.ObserveAsync(host.User())).ShouldContain("user.sessionsValidFrom = 2026-12-01T00:00:00Z");
        host.World.Effects.ShouldBe([$"POST /users/{GraphHost.MiaId}/revokeSignInSessions"]);
        host.Vendor.MustHaveBeenAccepted();
    }

    [Theory]
    [InlineData("55555555-44d7-43e1-9a83-5f2406dee5bd", "jo.lee@northwinddental.example", "synchronized")]
    [InlineData(GraphHost.MiaId, "another@northwinddental.example", "renamed")]
    [InlineData("66666666-44d7-43e1-9a83-5f2406dee5bd", GraphHost.Mia, "gone")]
    [InlineData("..", GraphHost.Mia, "foreign-target")]
    [InlineData("a/../../users", GraphHost.Mia, "foreign-target")]
    public async Task An_account_that_is_not_the_one_that_was_approved_is_left_alone(string id, string name, string code)
    {
        (await host.ActAsync("user.disable", host.User(id, name))).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe(code);
        host.World.Effects.ShouldBeEmpty();
        host.Calls.ShouldAllBe(static one => one.Method == "GET");
    }

    [Fact]
    public async Task A_permission_that_is_missing_is_named()
    {
        host.Vendor.Answers = Replacing("PATCH", GraphHost.Error(403, "Authorization_RequestDenied"));
        (await host.ActAsync("user.disable", host.User())).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe(
            "Microsoft Graph does not let the application disable or enable this account (Authorization_RequestDenied). It needs "
            + "User.EnableDisableAccount.All with an administrator's consent in the client's directory; for accounts of administrators the "
            + "application needs a directory role too, as User Administrator.");
    }

    private Func<VendorRequest, VendorReply> Replacing(
        string part, VendorReply reply)
    {
        var usual = host.Vendor.Answers;
        return request => $"{request.Method} {request.Path}".Contains(part, StringComparison.Ordinal) ? reply : usual(request);
    }
}
