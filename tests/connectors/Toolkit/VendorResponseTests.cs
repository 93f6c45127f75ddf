using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Tests.Connectors.Toolkit;

public sealed class VendorAnswerTests
{
    [Fact]
    public async Task A_vendor_that_takes_no_connection_in_time_was_asked_nothing()
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(20),
            ConnectCallback = static async (_, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return Stream.Null;
            },
        };
        using var client = new HttpClient(handler);
        var failure =
            await Record.ExceptionAsync(() => client.GetAsync(new Uri("http://vendor.example/"), TestContext.Current.CancellationToken));
        VendorResponse.For<int>(failure.ShouldNotBeNull()).ShouldBeOfType<CallOutcome<int>.NotDone>(failure.ToString()).Message
            .ShouldBe("The vendor cannot be reached.");
    }

    [Fact]
    public void Somebody_who_gave_up_is_no_failure_of_the_vendor() => VendorResponse.For<int>(new TaskCanceledException()).ShouldBeNull();

    [Theory]
    [InlineData("{\"message\":\"no\",\"message\":\"no such\"}")]
    [InlineData("{\"message\":\"\\ud83d\"}")]
    [InlineData("{\"message\":{\"message\":null,\"message\":1}}")]
    [InlineData("{\"errors\":[]}")]
    [InlineData("{\"errors\":[[[1]]]}")]
    [InlineData("<html>no</html>")]
    [InlineData("")]
    public void A_refusal_in_whatever_words_is_a_refusal(string body) =>
        VendorResponse.For<int>(System.Net.HttpStatusCode.BadRequest, body, null, static _ => 0).ShouldBeOfType<CallOutcome<int>.Refused>();
}
