/* Progressive enhancement of pages that work without it. No dependency; every feature is looked for before it is used.
 *
 * What templates may write:
 *
 * data-copy="H15.24.133-261118-0007"   on any element: a button “Sao chép mã” that copies the text is put after it
 * data-print                           on an empty element: a button “In trang này” is put into it
 * data-show-password                   on a form: a checkbox “Hiện mật khẩu” after its last password field
 * data-wait="45"                       on a submit button: not pressed for 45 s, with the countdown beside it
 * data-once="Đang gửi hồ sơ…"          on a submit button: after the first press it says this and sends nothing more
 * data-autosave="/address/"            on a form: its fields are posted there 2 s after the last key, on change and on
 *                                      leaving. Answer: 2xx JSON {"edit": number for the field `edit`, "saved_at": "14:32"}; 409 JSON
 *                                      {"error": "…"} when it was changed in another window; 401 when the session has ended
 * data-saved                           the line with role=status that says when it was saved; made if missing
 * data-upload                          on a form with file inputs: each file is posted by itself to the form’s action
 *                                      with the other fields, `client_key` (a UUID that makes a retry harmless) and
 *                                      Accept: application/json. Answer: 2xx or 422 JSON {"card": the element closest to
 *                                      [data-paper] drawn anew, "errors": […], "notice": for [data-counter]}. Anything
 *                                      else: 3 retries (2, 5, 15 s), and again when the network returns
 * data-send                            the button of such a form for pages without script; taken out here
 * data-leave-uploads                   on the form that goes on to the next step: waits while files are on their way
 * data-session="43200" on <body>       how many seconds the session lives; 5 minutes before the end a bar offers “Làm tiếp”,
 *                                      which posts to data-stay; data-sign-in is where to go once it has ended
 * data-shown-if="key" data-shown-is="a|b"   hidden until the field of that name has one of these values
 */
(function () {
    "use strict";

    var english = document.documentElement.lang === "en";
    function say(vi, en) { return english ? en : vi; }
    function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
    function make(tag, className, text) {
        var element = document.createElement(tag);
        if (className) element.className = className;
        if (text) element.textContent = text;
        return element;
    }
    var drawn = document.querySelector("use[href*='#']");
    function button(text, className, icon) {
        var made = make("button", className || "button secondary medium");
        made.type = "button";
        if (icon && drawn) {
            var svg = "http://www.w3.org/2000/svg", picture = document.createElementNS(svg, "svg"), use = document.createElementNS(svg, "use");
            picture.setAttribute("class", "icon");
            picture.setAttribute("aria-hidden", "true");
            use.setAttribute("href", drawn.getAttribute("href").split("#")[0] + "#" + icon);
            picture.appendChild(use);
            made.appendChild(picture);
        }
        made.appendChild(make("span", "", text));
        return made;
    }
    function clock() {
        var now = new Date();
        return ("0" + now.getHours()).slice(-2) + ":" + ("0" + now.getMinutes()).slice(-2);
    }
    /* The line that says when it was saved; its words are in a span, beside an icon. */
    function savedLine(near) {
        var line = near.querySelector("[data-saved]") || document.querySelector("[data-saved]");
        if (!line) {
            line = make("p", "saved");
            line.setAttribute("data-saved", "");
            line.setAttribute("role", "status");
            line.appendChild(make("span"));
            near.appendChild(line);
        }
        return line;
    }
    function tell(line, text, failed) {
        var words = line.querySelector("span") || line;
        line.hidden = !text;
        line.classList.toggle("failed", !!failed);
        if (words.textContent !== text) words.textContent = text;
    }
    var announcer = null;
    /* What only a listener needs to be told. */
    function announce(text) {
        if (!announcer) {
            announcer = make("p", "visually-hidden");
            announcer.setAttribute("role", "status");
            document.querySelector("main").appendChild(announcer);
        }
        announcer.textContent = text;
    }

    /* ---- copy, print, show password ---- */

    if (navigator.clipboard && navigator.clipboard.writeText) {
        all("[data-copy]").forEach(function (source) {
            var copy = button(say("Sao chép mã", "Copy code"), "", "copy"), words = copy.lastChild;
            copy.addEventListener("click", function () {
                navigator.clipboard.writeText(source.getAttribute("data-copy") || source.textContent.trim()).then(function () {
                    words.textContent = say("Đã sao chép", "Copied");
                    setTimeout(function () { words.textContent = say("Sao chép mã", "Copy code"); }, 4000);
                });
            });
            copy.setAttribute("aria-live", "polite");
            source.insertAdjacentElement("afterend", copy);
        });
    }
    if (window.print) {
        all("[data-print]").forEach(function (place) {
            var print = button(say("In trang này", "Print this page"), "button secondary", "print");
            print.addEventListener("click", function () { window.print(); });
            place.appendChild(print);
        });
    }
    all("form[data-show-password]").forEach(function (form) {
        var fields = all("input[type=password]", form);
        if (!fields.length) return;
        var label = make("label", "choice"), box = make("input"), words = make("span", "", say("Hiện mật khẩu", "Show password"));
        box.type = "checkbox";
        box.addEventListener("change", function () {
            fields.forEach(function (field) { field.type = box.checked ? "text" : "password"; });
        });
        form.addEventListener("submit", function () {
            fields.forEach(function (field) { field.type = "password"; });
        });
        label.appendChild(box);
        label.appendChild(words);
        var last = fields[fields.length - 1];
        (last.closest(".field") || last).insertAdjacentElement("afterend", label);
    });

    /* ---- wait before a resend: seen each second, heard only at the end ---- */

    all("[data-wait]").forEach(function (pressed) {
        var left = parseInt(pressed.getAttribute("data-wait"), 10);
        if (!(left > 0)) return;
        var until = Date.now() + left * 1000;
        var shown = make("span", "muted"), heard = make("span", "visually-hidden");
        shown.setAttribute("aria-hidden", "true");
        heard.setAttribute("role", "status");
        pressed.setAttribute("aria-disabled", "true");
        pressed.insertAdjacentElement("afterend", heard);
        pressed.insertAdjacentElement("afterend", shown);
        pressed.addEventListener("click", function (event) { if (Date.now() < until) event.preventDefault(); });
        function tick() {
            var seconds = Math.ceil((until - Date.now()) / 1000);
            if (seconds > 0) {
                shown.textContent = say("Gửi lại sau " + seconds + " giây", "Send again in " + seconds + " seconds");
                setTimeout(tick, 1000);
                return;
            }
            shown.textContent = "";
            pressed.removeAttribute("aria-disabled");
            heard.textContent = say("Có thể gửi lại", "You can send again");
        }
        tick();
    });

    /* ---- the session is about to end ---- */

    var sessionEnds = parseInt(document.body.getAttribute("data-session"), 10), bar = null;
    function token() {
        var field = document.querySelector("[name=csrfmiddlewaretoken]");
        return field ? field.value : "";
    }
    if (sessionEnds >= 0 && window.fetch && token()) {
        var endsAt = Date.now() + sessionEnds * 1000;
        var watchSession = function () {
            var left = (endsAt - Date.now()) / 1000;
            if (left > 300) {
                if (bar) { bar.remove(); bar = null; }
                return;
            }
            if (!bar) warnOfEnd();
            if (left <= 0 && !bar.ended) sessionOver();
        };
        var warnOfEnd = function () {
            var stay = button(say("Làm tiếp", "Stay signed in"), "button medium");
            bar = make("div", "session-bar");
            bar.setAttribute("role", "alert");
            bar.appendChild(make("p", "", say("Phiên làm việc sắp hết hạn, còn chưa đến 5 phút.", "Your session ends in less than 5 minutes.")));
            bar.appendChild(stay);
            stay.addEventListener("click", function () {
                fetch(document.body.getAttribute("data-stay"), {
                    method: "POST", credentials: "same-origin", body: new URLSearchParams({ csrfmiddlewaretoken: token() }),
                    headers: { Accept: "application/json" }
                }).then(function (answer) {
                    if (answer.status === 401) { sessionOver(); return null; }
                    if (!answer.ok) throw new Error("not longer");
                    return answer.json().then(function (facts) {
                        endsAt = Date.now() + facts.seconds * 1000;
                        watchSession();
                        announce(say("Ông/Bà có thể làm tiếp.", "You can go on."));
                    });
                }).catch(function () {
                    bar.firstChild.textContent = say("Chưa có mạng. Nhấn “Làm tiếp” lần nữa.", "No connection. Press “Stay signed in” again.");
                });
            });
            document.body.appendChild(bar);
            document.documentElement.classList.add("with-session-bar");
        };
        var sessionOver = function () {
            bar.ended = true;
            bar.textContent = "";
            bar.appendChild(make("p", "", ended()));
            bar.appendChild(signIn(document.querySelector("form[data-autosave]")));
        };
        setInterval(watchSession, 15000);
        document.addEventListener("visibilitychange", watchSession);
        watchSession();
    }
    function ended() { return say("Phiên làm việc đã hết hạn. ", "Your session has ended. "); }
    /* Where something is typed, it is sent: the server keeps it, and shows it again after sign-in. */
    function signIn(form) {
        var text = say("Đăng nhập lại", "Sign in again");
        if (form) {
            var send = button(text, "button link medium");
            send.addEventListener("click", function () { form.submit(); });
            return send;
        }
        var link = make("a", "", text);
        link.href = document.body.getAttribute("data-sign-in") + "?next=" + encodeURIComponent(location.pathname + location.search);
        return link;
    }

    /* ---- fields that depend on another ---- */

    all("[data-shown-if]").forEach(function (part) {
        var form = part.closest("form"), name = part.getAttribute("data-shown-if");
        var wanted = part.getAttribute("data-shown-is").split("|");
        if (!form || !form.elements[name] || !window.FormData || !FormData.prototype.getAll) return;
        function look() {
            part.hidden = !new FormData(form).getAll(name).some(function (value) { return wanted.indexOf(value) >= 0; });
        }
        form.addEventListener("change", look);
        look();
    });

    /* ---- sent once ---- */

    all("[data-once]").forEach(function (pressed) {
        var form = pressed.form;
        if (!form) return;
        var sent = false, words = pressed.innerHTML;
        form.addEventListener("submit", function (event) {
            if (event.submitter && event.submitter !== pressed) return;
            if (sent) { event.preventDefault(); return; }
            if (event.defaultPrevented) return;
            sent = true;
            pressed.setAttribute("aria-disabled", "true");
            pressed.textContent = pressed.getAttribute("data-once") || say("Đang gửi…", "Sending…");
        });
        /* Back from the next page with the browser's own copy of this one. */
        window.addEventListener("pageshow", function (event) {
            if (!event.persisted) return;
            sent = false;
            pressed.removeAttribute("aria-disabled");
            pressed.innerHTML = words;
        });
    });

    /* ---- autosave ---- */

    if (window.fetch && window.FormData) {
        all("form[data-autosave]").forEach(function (form) {
            var line = savedLine(form), timer = 0, retry = 0, saved = body(), saving = false, leaving = false;
            function body() {
                var data = new FormData(form), pairs = new URLSearchParams();
                data.forEach(function (value, name) { if (typeof value === "string") pairs.append(name, value); });
                return pairs.toString();
            }
            function later(wait) { clearTimeout(timer); timer = setTimeout(save, wait); }
            function failed() {
                tell(line, say("Chưa lưu được, đang thử lại", "Not saved yet, trying again"), true);
                var again = button(say("Thử lại", "Try again"), "button link medium");
                again.addEventListener("click", save);
                (line.querySelector("span") || line).appendChild(again);
                retry = Math.min(retry + 1, 5);
                later(2000 * Math.pow(2, retry));
            }
            function save() {
                var now = body();
                clearTimeout(timer);
                if (leaving || saving || now === saved) return;
                saving = true;
                fetch(form.getAttribute("data-autosave"), {
                    method: "POST", body: new URLSearchParams(now), credentials: "same-origin", headers: { Accept: "application/json" }
                }).then(function (answer) {
                    if (answer.status === 401) {
                        saving = false;
                        leaving = true;
                        tell(line, ended(), true);
                        (line.querySelector("span") || line).appendChild(signIn(form));
                        return null;
                    }
                    var elsewhere = answer.status === 409;
                    if (!elsewhere && (!answer.ok || answer.redirected)) throw new Error("not saved");
                    return answer.json().then(function (facts) {
                        saving = false;
                        if (elsewhere) {
                            leaving = true;
                            tell(line, facts.error, true);
                            return;
                        }
                        var changed = body() !== now, edit = form.elements.edit;
                        if (edit && facts.edit !== undefined) edit.value = facts.edit;
                        saved = changed ? now : body();
                        retry = 0;
                        tell(line, say("Đã tự lưu lúc ", "Saved at ") + (facts.saved_at || clock()));
                        if (changed) later(2000);
                    });
                }).catch(function () { saving = false; failed(); });
            }
            form.addEventListener("input", function () { later(2000); });
            form.addEventListener("change", function () { later(200); });
            form.addEventListener("submit", function () { leaving = true; clearTimeout(timer); });
            window.addEventListener("online", save);
            window.addEventListener("pageshow", function (event) { if (event.persisted) leaving = false; });
            window.addEventListener("pagehide", function () {
                var now = body();
                if (!leaving && !saving && now !== saved && navigator.sendBeacon) {
                    navigator.sendBeacon(form.getAttribute("data-autosave"), new URLSearchParams(now));
                    saved = now;
                }
            });
        });
    }

    /* ---- uploads: one file at a time, each by itself, until it is there ---- */

    var waiting = [], busy = false, stuck = [];

    function uuid() {
        if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
        return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, function (c) {
            return (+c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> +c / 4).toString(16);
        });
    }
    function kilobytes(size) {
        return size < 1048576 ? Math.max(1, Math.round(size / 1024)) + " KB" : (size / 1048576).toFixed(1).replace(".", ",") + " MB";
    }
    /* A photograph above 1.5 MB becomes 2,000 px; on any failure the original goes. */
    function shrink(file, done) {
        if (file.size < 1572864 || !/^image\/(jpeg|png)$/.test(file.type) || !window.createImageBitmap || !HTMLCanvasElement.prototype.toBlob) {
            done(file);
            return;
        }
        createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
            var scale = Math.min(1, 2000 / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas");
            canvas.width = Math.round(picture.width * scale);
            canvas.height = Math.round(picture.height * scale);
            var pen = canvas.getContext("2d");
            pen.fillStyle = "#fff";
            pen.fillRect(0, 0, canvas.width, canvas.height);
            pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
            if (picture.close) picture.close();
            canvas.toBlob(function (small) { done(small && small.size < file.size ? small : file); }, "image/jpeg", 0.8);
        }).catch(function () { done(file); });
    }
    function row(job) {
        var shown = make("div", "file"), words = make("div"), actions = make("div", "file-actions");
        words.appendChild(make("p", "file-name", job.name));
        job.sent = make("p", "small muted");
        job.bar = make("progress");
        job.bar.max = 100;
        job.bar.value = 0;
        job.bar.setAttribute("aria-label", job.name);
        words.appendChild(job.sent);
        words.appendChild(job.bar);
        job.again = button(say("Thử lại", "Try again"), "button link medium");
        job.again.hidden = true;
        job.again.addEventListener("click", function () { job.tries = 0; start(job); });
        job.stop = button(say("Hủy", "Cancel"), "button link medium");
        job.stop.addEventListener("click", function () { drop(job); });
        [job.again, job.stop].forEach(function (act) {
            act.appendChild(make("span", "visually-hidden", " " + job.name));
            actions.appendChild(act);
        });
        shown.appendChild(make("span", "thumb"));
        shown.appendChild(words);
        shown.appendChild(actions);
        job.row = shown;
        job.form.insertBefore(shown, job.form.querySelector(".add-files") || null);
    }
    function problem(job, text) {
        if (job.problem) job.problem.remove();
        job.problem = null;
        if (!text) return;
        job.problem = make("div", "notice error refusal");
        job.problem.setAttribute("role", "alert");
        job.problem.appendChild(make("p", "", text));
        job.row.insertAdjacentElement("beforebegin", job.problem);
    }
    function drop(job) {
        job.gone = true;
        clearTimeout(job.timer);
        if (job.request) job.request.abort();
        problem(job, "");
        job.row.remove();
        waiting = waiting.filter(function (other) { return other !== job; });
        stuck = stuck.filter(function (other) { return other !== job; });
        next();
    }
    function start(job) {
        clearTimeout(job.timer);
        stuck = stuck.filter(function (other) { return other !== job; });
        if (waiting.indexOf(job) < 0) waiting.push(job);
        job.again.hidden = true;
        next();
    }
    /* Pages stay in the order they were chosen in, and only one picture at a time fills the memory of a small phone. */
    function next() {
        if (busy || !waiting.length) return;
        var job = busy = waiting.shift();
        if (job.ready) {
            send(job);
            return;
        }
        shrink(job.body, function (small) {
            job.body = small;
            job.ready = true;
            if (job.gone) finish(job); else send(job);
        });
    }
    function finish(job) {
        if (busy === job) busy = false;
        next();
    }
    function send(job) {
        var request = job.request = new XMLHttpRequest(), data = new FormData();
        new FormData(job.form).forEach(function (value, name) { if (typeof value === "string") data.append(name, value); });
        data.append(job.field, job.body, job.body.type === "image/jpeg" ? job.name.replace(/\.png$/i, ".jpg") : job.name);
        data.append("client_key", job.key);
        problem(job, "");
        announce(say("Đang gửi ", "Sending ") + job.name);
        request.open("POST", job.form.action);
        request.setRequestHeader("Accept", "application/json");
        request.timeout = 180000;
        request.upload.onprogress = function (event) {
            if (!event.lengthComputable) return;
            var percent = Math.floor(100 * event.loaded / event.total);
            job.bar.value = percent;
            job.sent.textContent = percent < 100
                ? say("Đã gửi " + percent + "% của ", percent + "% sent of ") + kilobytes(job.body.size)
                : say("Đang kiểm tra", "Checking");
        };
        request.onload = function () {
            var facts = null;
            try { facts = JSON.parse(request.responseText); } catch (_notJson) { facts = null; }
            if (facts && facts.card && (request.status === 200 || request.status === 422)) { answered(job, facts); return; }
            if (request.status === 401) {
                lost(job);
                clearTimeout(job.timer);
                problem(job, ended());
                job.problem.lastChild.appendChild(signIn());
                return;
            }
            if (request.status === 413) { refused(job, say("Tệp quá lớn.", "The file is too large.")); return; }
            if (request.status >= 400 && request.status < 500 && request.status !== 408 && request.status !== 429) {
                refused(job, say("Tệp “" + job.name + "” chưa gửi được. Tải lại trang rồi gửi lại.",
                    "“" + job.name + "” could not be sent. Reload the page and send it again."));
                return;
            }
            lost(job);
        };
        request.onerror = request.ontimeout = function () { lost(job); };
        request.onabort = function () { finish(job); };
        request.send(data);
    }
    function refused(job, text) {
        problem(job, text);
        job.row.hidden = true;
        finish(job);
    }
    /* The card is drawn anew when the last file of its form is through; what was refused before stays said. */
    function answered(job, facts) {
        var paper = job.form.closest("[data-paper]"), counter = document.querySelector("[data-counter] span"), form = job.form;
        if (counter && facts.notice) counter.textContent = facts.notice;
        if (waiting.concat(stuck).some(function (other) { return other.form === form; })) {
            if (facts.errors.length) { refused(job, facts.errors.join(" ")); return; }
            job.row.remove();
            finish(job);
            return;
        }
        if (!facts.errors.length) announce(say("Đã gửi xong ", "Sent ") + job.name + ". " + (facts.notice || ""));
        var said = all(".refusal", form), holder = document.createElement("template");
        holder.innerHTML = facts.card.trim();
        var drawn = holder.content.firstElementChild;
        paper.parentNode.replaceChild(drawn, paper);
        var fresh = drawn.querySelector("form[data-upload]");
        if (fresh) {
            said.forEach(function (notice) { fresh.insertAdjacentElement("beforebegin", notice); });
            watch(fresh);
        }
        finish(job);
    }
    function lost(job) {
        job.tries += 1;
        job.sent.textContent = kilobytes(job.body.size) + say(", chưa gửi", ", not sent");
        problem(job, say("Mất kết nối mạng khi đang gửi “" + job.name + "”. Ảnh vẫn còn trên trang này. Khi có mạng, hệ thống tự gửi tiếp; hoặc nhấn “Thử lại”.",
            "The connection was lost while sending “" + job.name + "”. The picture is still on this page and is sent when the network returns; or press “Try again”."));
        job.again.hidden = false;
        stuck.push(job);
        if (job.tries <= 3) job.timer = setTimeout(function () { start(job); }, [2000, 5000, 15000][job.tries - 1]);
        finish(job);
    }
    function watch(form) {
        if (form.getAttribute("data-watched")) return;
        form.setAttribute("data-watched", "1");
        all("[data-send]", form).forEach(function (send) { send.hidden = true; });
        all("input[type=file]", form).forEach(function (input) {
            input.addEventListener("click", function () {
                if (!input.hasAttribute("capture")) return;
                try { sessionStorage.setItem("camera", "1"); } catch (_full) { /* only the advice after a reload is lost */ }
            });
            input.addEventListener("change", function () {
                try { sessionStorage.removeItem("camera"); } catch (_none) { /* as above */ }
                Array.prototype.slice.call(input.files).forEach(function (file) {
                    var job = {
                        form: form, field: input.name, name: file.name || "anh.jpg", key: uuid(), tries: 0, body: file
                    };
                    row(job);
                    start(job);
                });
                input.value = "";
            });
        });
    }
    if (window.FormData && window.XMLHttpRequest && window.crypto && FormData.prototype.forEach) {
        var uploads = all("form[data-upload]");
        uploads.forEach(watch);
        if (uploads.length) {
            window.addEventListener("online", function () { stuck.slice().forEach(function (job) { job.tries = 0; start(job); }); });
            window.addEventListener("beforeunload", function (event) {
                if (busy || waiting.length || stuck.length) { event.preventDefault(); event.returnValue = ""; }
            });
            try {
                if (sessionStorage.getItem("camera")) {
                    sessionStorage.removeItem("camera");
                    advise(say("Điện thoại đã tải lại trang khi mở máy ảnh. Nhấn “Chọn tệp” rồi lấy ảnh vừa chụp trong thư viện ảnh.",
                        "The phone reloaded the page when the camera opened. Press “Choose files” and take the picture from the gallery."));
                }
            } catch (_blocked) { /* a browser without storage gets no advice */ }
            if (/Zalo|FBAN|FBAV/.test(navigator.userAgent)) {
                advise(say("Nếu không mở được máy ảnh, nhấn dấu ba chấm rồi chọn mở bằng trình duyệt.",
                    "If the camera does not open, press the three dots and choose to open in the browser."));
            }
            all("form[data-leave-uploads]").forEach(function (form) {
                form.addEventListener("submit", function (event) {
                    var left = waiting.length + stuck.length + (busy ? 1 : 0);
                    if (!left) return;
                    event.preventDefault();
                    tell(savedLine(form), say("Còn " + left + " ảnh đang gửi. Chờ một chút rồi tiếp tục.",
                        left + " pictures are still being sent. Wait a moment, then continue."), true);
                });
            });
        }
    }
    function advise(text) {
        var notice = make("div", "notice warn"), first = document.querySelector("form[data-upload]");
        notice.setAttribute("role", "status");
        notice.appendChild(make("p", "", text));
        (first.closest("ol, ul") || first).insertAdjacentElement("beforebegin", notice);
    }
}());
