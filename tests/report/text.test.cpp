// Foreign text in HTML and in a shell.
#include "report/text.hpp"

#include "tests/catch.hpp"

using namespace springspice::report;

TEST_CASE("text is text in HTML, in elements and in attributes") {
  CHECK(escape_html("<script>alert('x')</script>") ==
        "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
  CHECK(escape_html("a & \"b\"") == "a &amp; &quot;b&quot;");
  CHECK(escape_html("\xC3\xA9\n\t") == "\xC3\xA9\n\t");
  CHECK(escape_html(std::string_view("a\0\x1b\x7f", 4)) == "a\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("a shell reads quoted words back") {
  CHECK(quote_words({"springspice", "fit", "--data", "a/b-1.csv"}) ==
        "springspice fit --data a/b-1.csv");
  CHECK(quote_words({"my data.csv", "", "it's", "$(ls)", "`ls`", "a;b", "~"}) ==
        "'my data.csv' '' 'it'\\''s' '$(ls)' '`ls`' 'a;b' '~'");
  CHECK(quote_words({"a\nb'\\"}) == "$'a\\012b\\'\\\\'");
}
