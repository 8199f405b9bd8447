-- A CRM of one sales house as it is exported: five CSV files, a few cells in a hundred wrong.
-- Every value is a function of the row's number, so that each run makes the same bytes.
-- Reads `sizes(deals)`: the number of deals; the other tables follow from it.

CREATE MACRO chance(i, salt) AS (hash(i * 1000003 + salt) % 1000000) / 1000000.0;
CREATE MACRO pick(i, salt, options) AS options[1 + (hash(i * 1000003 + salt) % len(options))::INT];
CREATE MACRO day_of(i, salt) AS
    TIMESTAMP '2023-01-01 00:00:00'
    + to_days((hash(i * 1000003 + salt) % 1200)::INT)
    + to_seconds((28800 + hash(i * 1000003 + salt + 1) % 36000)::BIGINT);
CREATE MACRO written(moment) AS strftime(moment, '%Y-%m-%d %H:%M:%S');

CREATE TABLE counts AS
SELECT
    deals,
    greatest(deals // 10, 10) AS accounts,
    greatest(deals // 5, 20) AS contacts,
    deals * 5 AS activities,
    greatest(deals // 2000, 10) AS users
FROM sizes;

CREATE VIEW users AS
SELECT
    'U' || i AS id,
    pick(i, 1, ['Anna', 'Boris', 'Clara', 'Dmytro', 'Elena', 'Fedir', 'Галина', 'Иван'])
    || ' ' || pick(i, 2, ['Kovalenko', 'Smirnova', 'Becker', 'Шевченко', 'Петров', 'Novak'])
    || ' ' || i AS name,
    pick(i, 3, ['inside', 'field', 'manager', 'marketing', 'service']) AS role,
    pick(i, 4, ['North', 'South', 'East', 'West', 'Key accounts']) AS department,
    CASE WHEN i > 10 THEN 'U' || (i % 10) END AS manager_id,
    'u' || i || '@house.example.com' AS email,
    1000 + i % 9000 AS phone_ext,
    strftime(day_of(i, 5) - to_days(1500), '%Y-%m-%d') AS hired_at,
    CASE WHEN chance(i, 6) < 0.05 THEN strftime(day_of(i, 7), '%Y-%m-%d') END AS left_at,
    written(TIMESTAMP '2026-04-10 09:00:00' + to_seconds((i * 37) % 200000)) AS last_login_at,
    CASE WHEN chance(i, 6) < 0.05 THEN 'false' ELSE 'true' END AS active
FROM counts, range(users) r (i)
ORDER BY i;

CREATE VIEW accounts AS
SELECT
    'A' || i AS id,
    pick(i, 11, ['Nord', 'Vega', 'Ромашка', 'Delta', 'Світанок', 'Alpha', 'Brisk', 'Terra'])
    || pick(i, 12, ['trade', 'line', 'soft', 'build', 'логистик', 'foods']) || ' ' || i AS name,
    pick(i, 13, ['LLC', 'GmbH', 'ООО', 'ТОВ', 'Inc', NULL]) AS legal_form,
    CASE WHEN chance(i, 14) < 0.8 THEN lpad((hash(i + 14) % 10000000000)::VARCHAR, 10, '0') END AS tax_id,
    'firm' || i || '.com' AS domain,
    '+7495' || lpad((hash(i + 15) % 10000000)::VARCHAR, 7, '0') AS phone,
    CASE WHEN chance(i, 16) < 0.02 THEN 'office@firm' || i ELSE 'office@firm' || i || '.com' END AS email,
    pick(i, 17, ['Main st ', 'Ленина ул. ', 'Hauptstr. ', 'вул. Шевченка ']) || (i % 200) AS address,
    pick(i, 18, ['Moscow', 'Kyiv', 'Berlin', 'Казань', 'Львів', 'Munich', 'Almaty', 'Minsk']) AS city,
    pick(i, 19, ['RU', 'UA', 'DE', 'KZ', 'BY']) AS country,
    CASE
        WHEN chance(i, 20) < 0.01 THEN 'technolgy'
        ELSE pick(i, 21, ['technology', 'retail', 'construction', 'food', 'finance', 'transport'])
    END AS industry,
    CASE WHEN chance(i, 22) < 0.95 THEN 'U' || (hash(i + 22) % users) END AS owner_id,
    pick(i, 23, ['A', 'B', 'C']) AS category,
    CASE WHEN chance(i, 24) < 0.2 THEN 'A' || (i // 7) END AS parent_id,
    written(day_of(i, 25) - to_days(700)) AS created_at,
    'U' || (hash(i + 26) % users) AS created_by,
    written(day_of(i, 25) - to_days(300)) AS updated_at
FROM counts, range(accounts) r (i)
ORDER BY i;

CREATE VIEW contacts AS
SELECT
    'C' || i AS id,
    CASE WHEN chance(i, 31) < 0.98 THEN 'A' || (hash(i + 31) % accounts) ELSE 'A9' || i || 'X' END AS account_id,
    pick(i, 32, ['Anna', 'Boris', 'Clara', 'Дмитро', 'Elena', 'Ганна', 'Иван', 'Jan', 'Olga'])
    || ' ' || pick(i, 33, ['Kovalenko', 'Смирнова', 'Becker', 'Шевченко', 'Petrov', 'Novak', 'Weber'])
    || ' ' || substr(md5(i::VARCHAR), 1, 5) AS full_name,
    CASE
        WHEN chance(i, 34) < 0.01 THEN 'c' || i || '@gmial.com'
        WHEN chance(i, 34) < 0.9 THEN 'c' || i || '@' || pick(i, 35, ['gmail.com', 'mail.ru', 'ukr.net', 'firm.example.com'])
    END AS email,
    CASE
        WHEN chance(i, 36) < 0.01 THEN '7.9E+10'
        WHEN chance(i, 36) < 0.9 THEN '+7 (9' || lpad((hash(i + 36) % 100)::VARCHAR, 2, '0') || ') '
            || lpad((hash(i + 37) % 10000000)::VARCHAR, 7, '0')
    END AS phone,
    pick(i, 38, ['CEO', 'Buyer', 'Директор', 'Accountant', 'Head of sales', NULL]) AS title,
    CASE WHEN chance(i, 39) < 0.3 THEN strftime(day_of(i, 39) - to_days(14000), '%Y-%m-%d') END AS birth_date,
    pick(i, 40, ['yes', 'no', NULL]) AS consent,
    pick(i, 41, ['site', 'call', 'exhibition', 'partner', 'Site']) AS source,
    'U' || (hash(i + 42) % users) AS owner_id,
    pick(i, 43, ['en', 'ru', 'uk']) AS language,
    pick(i, 44, ['1', '2', '3', '4', '5']) AS rating,
    CASE WHEN chance(i, 45) < 0.05 THEN 'n/a' ELSE 'Department ' || (i % 40) END AS unit,
    written(day_of(i, 46) - to_days(400)) AS created_at,
    'U' || (hash(i + 47) % users) AS created_by,
    written(day_of(i, 46) - to_days(100)) AS updated_at
FROM counts, range(contacts) r (i)
ORDER BY i;

CREATE VIEW deals AS
WITH drawn AS (
    SELECT *, chance(i, 51) AS fate, day_of(i, 52) AS created
    FROM counts, range(deals) r (i)
),
staged AS (
    SELECT
        *,
        CASE WHEN fate < 0.35 THEN 'won' WHEN fate < 0.75 THEN 'lost' ELSE 'open' END AS status
    FROM drawn
)
SELECT
    'D' || i AS id,
    pick(i, 53, ['Delivery of ', 'Licence for ', 'Поставка ', 'Service for ', 'Договір ']) || 'A' || (hash(i + 54) % accounts) AS name,
    CASE
        WHEN chance(i, 54) < 0.003 THEN 'A9' || i || 'X'
        WHEN chance(i, 54) < 0.98 THEN 'A' || (hash(i + 54) % accounts)
    END AS account_id,
    CASE WHEN chance(i, 55) < 0.9 THEN 'C' || (hash(i + 55) % contacts) END AS contact_id,
    'U' || (hash(i + 56) % users) AS owner_id,
    pick(i, 57, ['New business', 'Renewal']) AS pipeline,
    CASE status
        WHEN 'won' THEN 'Closed won'
        WHEN 'lost' THEN 'Closed lost'
        ELSE pick(i, 58, ['Qualification', 'Proposal', 'Negotiation'])
    END AS stage,
    status,
    CASE
        WHEN chance(i, 59) < 0.002 THEN 'on request'
        WHEN chance(i, 59) < 0.03 THEN NULL
        ELSE (round(exp(6 + 4 * chance(i, 60)), 2)::DECIMAL(12, 2))::VARCHAR
    END AS amount,
    'EUR' AS currency,
    CASE status WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE 10 * (hash(i + 61) % 9 + 1) END AS probability,
    CASE
        WHEN chance(i, 62) < 0.01 THEN 'google'
        ELSE pick(i, 63, ['Google', 'Partner', 'Exhibition', 'Cold call', 'Recommendation'])
    END AS source,
    CASE
        WHEN status = 'lost' AND chance(i, 64) < 0.9
        THEN pick(i, 65, ['Price', 'Competitor', 'No budget', 'No answer', '-'])
    END AS lost_reason,
    written(created) AS created_at,
    strftime(created + to_days((30 + hash(i + 66) % 90)::INT), '%Y-%m-%d') AS expected_close_date,
    CASE
        WHEN status = 'open' THEN NULL
        WHEN chance(i, 67) < 0.001 THEN 'yesterday'
        ELSE written(created + to_days((5 + hash(i + 68) % 120)::INT))
    END AS closed_at,
    CASE WHEN status = 'open' AND chance(i, 69) < 0.8 THEN pick(i, 70, ['Call', 'Send offer', 'Meeting', 'Позвонить']) END AS next_step,
    CASE WHEN status = 'open' AND chance(i, 69) < 0.8 THEN written(created + to_days(14)) END AS next_step_date
FROM staged
ORDER BY i;

CREATE VIEW activities AS
SELECT
    'T' || i AS id,
    pick(i, 81, ['call', 'meeting', 'email', 'message', 'note']) AS kind,
    pick(i, 82, ['in', 'out']) AS direction,
    'U' || (hash(i + 83) % users) AS owner_id,
    CASE WHEN chance(i, 84) < 0.8 THEN 'C' || (hash(i + 84) % contacts) END AS contact_id,
    CASE WHEN chance(i, 85) < 0.9 THEN 'A' || (hash(i + 85) % accounts) END AS account_id,
    CASE
        WHEN chance(i, 86) < 0.001 THEN 'D9' || i || 'X'
        WHEN chance(i, 86) < 0.9 THEN 'D' || (hash(i + 86) % deals)
    END AS deal_id,
    written(day_of(i, 87)) AS started_at,
    CASE
        WHEN chance(i, 88) < 0.001 THEN 'long'
        WHEN chance(i, 88) < 0.7 THEN (hash(i + 88) % 3600)::VARCHAR
    END AS duration_s,
    pick(i, 89, ['answered', 'no answer', 'busy', 'done', NULL]) AS result,
    CASE
        WHEN chance(i, 90) < 0.02 THEN 'called'
        WHEN chance(i, 90) < 0.4 THEN NULL
        ELSE pick(i, 91, ['Talked about delivery terms of order ', 'Обсудили условия договора ', 'Wants a discount on item ', 'Передзвонити щодо рахунку '])
            || (hash(i + 92) % 100000) || pick(i, 93, [' and payment.', ', ждёт ответа.', ' next week.', ''])
    END AS note,
    written(day_of(i, 87) + to_seconds((hash(i + 94) % 7200)::BIGINT)) AS logged_at,
    'U' || (hash(i + 83) % users) AS logged_by,
    CASE WHEN chance(i, 95) < 0.2 THEN written(day_of(i, 87) + to_seconds(60)) END AS delivered_at,
    CASE WHEN chance(i, 95) < 0.1 THEN written(day_of(i, 87) + to_seconds(600)) END AS read_at,
    pick(i, 96, ['mobile', 'web', 'telephony', 'import']) AS entered_by
FROM counts, range(activities) r (i)
ORDER BY i;
